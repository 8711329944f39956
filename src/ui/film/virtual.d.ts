/** The player of a film's page, bundled when Graft is built (see `scripts/film-page.mjs`). */
declare module 'virtual:film-page' {
  export const script: string
  export const style: string
  /** As a content security policy names them: `sha256-…`. */
  export const scriptHash: string
  export const styleHash: string
}
