/** Declarations by path: `/graft/engine/index.d.ts`, `/lib/lib.es2023.d.ts`. */
declare module 'virtual:graft-types' {
  const files: Readonly<Record<string, string>>
  export default files
}

/** The page on the language of rules as HTML, and the rules to learn from as texts. */
declare module 'virtual:rule-guide' {
  export const page: string
  export const rules: readonly string[]
}
