/** The oldest TypeScript that the types promise to compile with; the README says it, too. */
export const OLDEST = '5.4.5'

/** Where a consumer is: which types the compiler knows beside those of the language. */
export type Place = 'anywhere' | 'page' | 'node'

export interface Program {
  /** its file in programs/ */
  readonly name: string
  /** where it compiles */
  readonly places: readonly Place[]
  /** packages that it needs beside ours */
  readonly peers: readonly string[]
  /** whether it runs by itself */
  readonly runs: boolean
}

const EVERYWHERE: readonly Place[] = ['anywhere', 'page', 'node']

/** What consumers write: at least one program an export of the package. To add one, name it here. */
export const programs: readonly Program[] = [
  ...['everything', 'run', 'spaces', 'node', 'gpu', 'corpora', 'inference', 'envs', 'rlhf'].map(
    (name) => ({
      name,
      places: EVERYWHERE,
      peers: [],
      runs: true,
    }),
  ),
  // Signals that cancel are of the web and of Node, not of the language.
  { name: 'distributed', places: ['page', 'node'], peers: [], runs: true },
  { name: 'worker', places: ['page', 'node'], peers: [], runs: false },
  { name: 'addresses', places: ['page', 'node'], peers: [], runs: true },
  { name: 'testing', places: EVERYWHERE, peers: ['fast-check'], runs: true },
]

/** How a consumer's compiler finds modules. */
const MODULES: {
  readonly [name: string]: { readonly module: string; readonly moduleResolution: string }
} = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
}

const PLACES: {
  readonly [P in Place]: { readonly lib: readonly string[]; readonly types: readonly string[] }
} = {
  anywhere: { lib: ['ES2022'], types: [] },
  page: { lib: ['ES2022', 'DOM', 'DOM.AsyncIterable'], types: [] },
  node: { lib: ['ES2022'], types: ['node'] },
}

/** The strictest settings, which look into the declarations of packages, too. */
export const tsconfig = (module: string, place: Place, names: readonly string[]): object => ({
  compilerOptions: {
    ...MODULES[module],
    ...PLACES[place],
    target: 'ES2022',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    rootDir: '.',
    outDir: `out/${module}`,
  },
  files: names.map((name) => `${name}.ts`),
})
