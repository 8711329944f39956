// Types and lint in one process. Lint asks for types too: of a program that is checked already they cost nothing.
// The exit code says what is wrong: 8 lint, 16 types, 24 both.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ESLint } from 'eslint'
import ts from 'typescript'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (diagnostic) => report([diagnostic]) }
const { fileNames, options, errors } = ts.getParsedCommandLineOfConfigFile(path.join(root, 'tsconfig.json'), {}, host)
const program = ts.createProgram(fileNames, options)

function report(diagnostics) {
  const place = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => root, getNewLine: () => '\n' }
  console.log(ts.formatDiagnostics(diagnostics, place))
}
const wrong = [...errors, ...ts.getPreEmitDiagnostics(program)]
if (wrong.length > 0) report(wrong)

const eslint = new ESLint({
  cwd: root,
  overrideConfig: {
    files: ['src/**/*.{ts,tsx}', 'test/**/*.{ts,tsx}', 'scripts/**/*.ts'],
    languageOptions: { parserOptions: { projectService: false, programs: [program] } },
  },
})
const results = await eslint.lintFiles(['.'])
const findings = results.reduce((sum, { errorCount, warningCount }) => sum + errorCount + warningCount, 0)
if (findings > 0) console.log(await (await eslint.loadFormatter('stylish')).format(results))
process.exit((findings > 0 ? 8 : 0) + (wrong.length > 0 ? 16 : 0))
