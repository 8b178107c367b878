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
const MODULES = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
} as const

/** The compilers, by what they are called in the log. */
export type Compiler = 'oldest' | 'newest'

/** A way to compile. */
export interface Pass {
  readonly by: readonly Compiler[]
  readonly module: keyof typeof MODULES
  readonly place: Place
}

/**
 * The ways to compile: each place and each way to find modules once, before the peers and the types of Node are
 * there and after. How modules are found does not depend on the place, so not every pair is needed, and still
 * fewer by the oldest compiler, which takes four times as long. The last one of `nodenext` is what runs.
 */
export const passes: { readonly [when in 'before' | 'after']: readonly Pass[] } = {
  before: [
    { by: ['oldest', 'newest'], module: 'nodenext', place: 'anywhere' },
    { by: ['oldest', 'newest'], module: 'bundler', place: 'page' },
    { by: ['newest'], module: 'nodenext', place: 'page' },
  ],
  after: [
    { by: ['newest'], module: 'bundler', place: 'anywhere' },
    { by: ['oldest', 'newest'], module: 'nodenext', place: 'node' },
  ],
}

const PLACES: {
  readonly [P in Place]: { readonly lib: readonly string[]; readonly types: readonly string[] }
} = {
  anywhere: { lib: ['ES2022'], types: [] },
  page: { lib: ['ES2022', 'DOM', 'DOM.AsyncIterable'], types: [] },
  node: { lib: ['ES2022'], types: ['node'] },
}

/** The strictest settings, which look into the declarations of packages, too. */
export const tsconfig = (
  module: Pass['module'],
  place: Place,
  names: readonly string[],
): object => ({
  compilerOptions: {
    ...MODULES[module],
    ...PLACES[place],
    target: 'ES2022',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    rootDir: '.',
    outDir: 'out',
  },
  files: names.map((name) => `${name}.ts`),
})
