import { javascript } from '@codemirror/lang-javascript'
import { indentOnInput } from '@codemirror/language'
import type { Extension } from '@codemirror/state'

/** TypeScript: colours, and lines that fall into place as one types. */
export const codeLanguage: Extension = [javascript({ typescript: true }), indentOnInput()]
