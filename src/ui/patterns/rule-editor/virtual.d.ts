/** Declarations by path: `/graft/engine/index.d.ts`, `/lib/lib.es2023.d.ts`. */
declare module 'virtual:graft-types' {
  const files: Readonly<Record<string, string>>
  export default files
}
