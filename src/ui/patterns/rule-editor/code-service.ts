import type * as TypeScript from 'typescript'

type Ts = typeof TypeScript

export interface CodeProblem {
  readonly from: number
  readonly to: number
  readonly message: string
}

export interface CodeWord {
  readonly label: string
  readonly kind: string
}

export interface CodeHelp {
  readonly from: number
  readonly to: number
  readonly signature: string
  readonly info: string
}

/** The file that is being written. */
const FILE = '/pattern.ts'
/** More are of no use to anybody. */
const MOST_WORDS = 400

/** What TypeScript says of one file, against the declarations of the doors that it may import. */
export class CodeService {
  private text = ''
  private version = 0
  private readonly service: TypeScript.LanguageService
  private readonly read: (file: string) => string | undefined

  constructor(
    private readonly ts: Ts,
    files: Readonly<Record<string, string>>,
  ) {
    this.read = (file) => (file === FILE ? this.text : Object.hasOwn(files, file) ? files[file] : undefined)
    this.service = ts.createLanguageService(this.host(files))
  }

  /** @returns what is wrong with a text, by offset */
  problems(text: string): readonly CodeProblem[] {
    this.update(text)
    const found = [...this.service.getSyntacticDiagnostics(FILE), ...this.service.getSemanticDiagnostics(FILE)]
    return found.map(({ start = 0, length = 0, messageText }) => ({
      from: start,
      to: start + length,
      message: this.ts.flattenDiagnosticMessageText(messageText, '\n'),
    }))
  }

  /** What may stand at an offset. */
  words(text: string, at: number): readonly CodeWord[] {
    this.update(text)
    const found = this.service.getCompletionsAtPosition(FILE, at, { includeCompletionsForModuleExports: false })
    return (found?.entries ?? []).slice(0, MOST_WORDS).map(({ name, kind }) => ({ label: name, kind }))
  }

  /** What a word of the list means; null where nothing is known. */
  wordHelp(text: string, at: number, word: string): CodeHelp | null {
    this.update(text)
    const found = this.service.getCompletionEntryDetails(FILE, at, word, {}, undefined, undefined, undefined)
    return found ? this.helpOf(at, at, found.displayParts, found.documentation) : null
  }

  /** What stands at an offset; null where nothing is known of it. */
  help(text: string, at: number): CodeHelp | null {
    this.update(text)
    const found = this.service.getQuickInfoAtPosition(FILE, at)
    if (!found) return null
    const { start, length } = found.textSpan
    return this.helpOf(start, start + length, found.displayParts, found.documentation)
  }

  private helpOf(
    from: number,
    to: number,
    signature: TypeScript.SymbolDisplayPart[] | undefined,
    info: TypeScript.SymbolDisplayPart[] | undefined,
  ): CodeHelp {
    const words = (parts?: TypeScript.SymbolDisplayPart[]): string => this.ts.displayPartsToString(parts ?? [])
    return { from, to, signature: words(signature), info: words(info) }
  }

  private update(text: string): void {
    if (text === this.text) return
    this.text = text
    this.version++
  }

  private host(files: Readonly<Record<string, string>>): TypeScript.LanguageServiceHost {
    const { ts } = this
    const options: TypeScript.CompilerOptions = {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ['lib.es2023.d.ts'],
      strict: true,
      noImplicitOverride: false,
      skipLibCheck: true,
      types: [],
      paths: {
        'graft/engine': ['/graft/engine/index.d.ts'],
        'graft/onnx': ['/graft/dialects/onnx/index.d.ts'],
        'graft/tensorrt': ['/graft/dialects/tensorrt/index.d.ts'],
        'graft/patterns': ['/graft/patterns/index.d.ts'],
      },
    }
    const folders = new Set(Object.keys(files).map((f) => f.slice(0, f.lastIndexOf('/'))))
    return {
      getCompilationSettings: () => options,
      getScriptFileNames: () => [FILE],
      getScriptVersion: (file) => (file === FILE ? String(this.version) : '1'),
      getScriptSnapshot: (file) => {
        const text = this.read(file)
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
      },
      getCurrentDirectory: () => '/',
      getDefaultLibFileName: () => '/lib/lib.es2023.d.ts',
      fileExists: (file) => this.read(file) !== undefined,
      readFile: (file) => this.read(file),
      directoryExists: (folder) => folders.has(folder) || [...folders].some((f) => f.startsWith(`${folder}/`)),
    }
  }
}
