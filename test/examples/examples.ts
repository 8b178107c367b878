/** A page of an example. */
export interface Page {
  /** its module, which `index.html` names */
  readonly module: string
  /** the module of its worker, where it has one */
  readonly worker?: string
  /** the headers that it needs */
  readonly headers: Readonly<Record<string, string>>
  /** the lines of the program for Node that its `output` elements show, one each */
  readonly shows: RegExp
  /** the bundlers that cannot make it */
  readonly without: readonly string[]
  /** files that it loads and that its program for Node writes */
  readonly assets: readonly string[]
}

/** An example: a folder whose `main.ts` runs in Node and ends with 1 unless it keeps what it promises. */
export interface Example {
  readonly name: string
  /** whether it runs as one of the package managers installs it, and only compiles as the other does */
  readonly runsOnce: boolean
  /** the page, which must come to lines that the program prints, too */
  readonly page: Page | null
}

/** Threads share memory, which browsers let isolated pages do. */
const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

/** As the manifest of the example `extension` has it, and browsers make of it. */
export const contentPolicy = (manifest: string): string => {
  const { content_security_policy } = JSON.parse(manifest) as {
    readonly content_security_policy: { readonly extension_pages: string }
  }
  return content_security_policy.extension_pages
}

/** The examples. To add one, name it here, in the README and in the guide. */
export const examples = (manifest: string): readonly Example[] => [
  ...['game', 'tic-tac-toe', 'warehouse', 'pytorch'].map((name) => ({
    name,
    runsOnce: true,
    page: null,
  })),
  { name: 'balance', runsOnce: false, page: null },
  {
    name: 'react',
    runsOnce: false,
    page: {
      module: 'page.tsx',
      worker: 'worker.ts',
      headers: ISOLATED,
      shows: /^done on /,
      without: [],
      assets: [],
    },
  },
  {
    name: 'threads',
    runsOnce: true,
    page: {
      module: 'page.ts',
      worker: 'worker.ts',
      headers: ISOLATED,
      shows: / thread\(s\): /,
      // It looks for no workers: there, a worker needs `proximal/worker` to be threads as well.
      without: ['esbuild'],
      assets: [],
    },
  },
  {
    name: 'extension',
    runsOnce: false,
    page: {
      module: 'page.ts',
      headers: { 'content-security-policy': contentPolicy(manifest) },
      shows: /^balanced for /,
      without: [],
      assets: ['policy.safetensors'],
    },
  },
]

/** What the examples need beside the package. */
export const NEEDED = ['react', 'react-dom', '@types/react', '@types/react-dom', '@types/node']

/** The strictest settings, which look into the declarations of packages, too. */
export const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2022', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
    types: ['node'],
    module: 'nodenext',
    jsx: 'react-jsx',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noUnusedLocals: true,
    verbatimModuleSyntax: true,
    skipLibCheck: false,
    rootDir: '.',
    outDir: 'out',
  },
  include: ['*/*.ts', '*/*.tsx'],
  exclude: ['node_modules', 'out'],
}
