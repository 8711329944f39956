import 'react'

declare module 'react' {
  interface CSSProperties {
    '--category'?: string
    '--depth'?: number
    '--done'?: string
    '--natural'?: string
  }
}
