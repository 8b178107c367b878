/**
 * Packs the package, installs it into an empty folder, and compiles and runs small programs there, as
 * strictly as a compiler can, with the oldest TypeScript that is promised and with the newest:
 * `npm run test:consumer`. Ends with 1 where one does not compile or run.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { workshop } from '../support/cli.ts'
import { packedIn, packingProblems, type Manifest } from '../support/packed.ts'
import { OLDEST, programs, tsconfig, type Place, type Program } from './programs.ts'

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))

const manifest = read('package.json') as Manifest & {
  readonly devDependencies: Readonly<Record<string, string>>
}
const { exports, devDependencies } = manifest
/** Of the package without its dependencies: 8.4 MB today. */
const LIMIT = 9_000_000
const source = join(process.cwd(), 'test/consumer/programs')
const { folder, remove } = workshop()

const run = (command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { cwd: folder, encoding: 'utf8' })

const install = (...packages: readonly string[]): void => {
  run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...packages)
}

/** A program of a development dependency, which looks at the package from outside. */
const tool = (file: string): string => join(process.cwd(), 'node_modules', file)

let failures = 0
const attempt = (what: string, f: () => void): void => {
  const start = performance.now()
  try {
    f()
    console.log(`${what}  ${((performance.now() - start) / 1000).toFixed(1)} s`)
  } catch (error) {
    failures++
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; stderr?: string }
    console.error(
      `${what}  FAILED\n${stdout}${stderr}${stdout + stderr === '' ? String(error) : ''}`,
    )
  }
}

const compile = (
  compiler: string,
  module: string,
  place: Place,
  some: readonly Program[],
): void => {
  const names = some.filter(({ places }) => places.includes(place)).map(({ name }) => name)
  attempt(`${compiler}, ${module}, ${place}: ${names.join(', ')} compile`, () => {
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig(module, place, names)))
    run(process.execPath, join(folder, 'node_modules', compiler, 'bin/tsc'), '-p', '.')
  })
}

const runAll = (compiler: string, module: string, some: readonly Program[]): void => {
  for (const { name, runs } of some)
    if (runs)
      attempt(`${compiler}, ${module}: ${name} runs`, () => {
        run(process.execPath, join('out', module, `${name}.js`))
      })
}

const EVERYWHERE: readonly Place[] = ['anywhere', 'page', 'node']

/**
 * How programs are compiled. The oldest compiler takes five times as long as the newest, so that it sees each
 * way to find modules and each place, but not all pairs. Programs run once as each compiler wrote them.
 */
const WAYS: ReadonlyArray<{
  readonly compiler: string
  readonly module: string
  readonly places: readonly Place[]
  readonly runs: boolean
}> = [
  { compiler: 'oldest', module: 'nodenext', places: ['anywhere', 'node'], runs: false },
  { compiler: 'oldest', module: 'bundler', places: ['page'], runs: true },
  { compiler: 'newest', module: 'nodenext', places: EVERYWHERE, runs: true },
  { compiler: 'newest', module: 'bundler', places: EVERYWHERE, runs: false },
]

try {
  const used = programs.map(({ name }) => readFileSync(join(source, `${name}.ts`), 'utf8')).join()
  for (const path of Object.keys(exports).filter((path) => path !== './package.json'))
    if (!used.includes(`'${join('proximal', path)}'`))
      throw new Error(`programs: expected one that imports ${join('proximal', path)}, found none`)

  const packed = execFileSync(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    {
      encoding: 'utf8',
    },
  )
  const [{ filename }] = JSON.parse(packed) as readonly [{ readonly filename: string }]
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  for (const file of readdirSync(source)) cpSync(join(source, file), join(folder, file))
  const newest = devDependencies['@typescript/native']!
  install(`./${filename}`, `oldest@npm:typescript@${OLDEST}`, `newest@${newest}`)

  const { version } = read(join(folder, 'node_modules/newest/package.json')) as {
    readonly version: string
  }
  console.log(`oldest: TypeScript ${OLDEST}, newest: ${version}, strict and without skipLibCheck`)

  attempt('the package holds what it should, and nothing else', () => {
    const problems = packingProblems(
      packedIn(join(folder, 'node_modules/proximal')),
      manifest,
      LIMIT,
    )
    if (problems.length > 0) throw new Error(problems.join('\n'))
  })
  attempt('publint finds nothing wrong with the package', () => {
    run(process.execPath, tool('publint/src/cli.js'), 'node_modules/proximal', '--strict')
  })
  // For ES modules alone: require() of CommonJS, and Node 10, which knows no `exports`, find nothing.
  attempt('are-the-types-wrong resolves the types of every entry point', () => {
    const file = tool('@arethetypeswrong/cli/dist/index.js')
    run(process.execPath, file, filename, '--profile', 'esm-only', '--format', 'ascii')
  })

  const plain = programs.filter(({ peers }) => peers.length === 0)
  for (const { compiler, module, places, runs } of WAYS) {
    for (const place of places) if (place !== 'node') compile(compiler, module, place, plain)
    if (runs) runAll(compiler, module, plain)
  }
  // These come later, so that nothing before may need them.
  const peers = new Set(programs.flatMap((program) => program.peers))
  install(...['@types/node', ...peers].map((name) => `${name}@${devDependencies[name]!}`))
  const others = programs.filter((program) => program.peers.length > 0)
  for (const { compiler, module, places, runs } of WAYS) {
    for (const place of places)
      compile(compiler, module, place, place === 'node' ? programs : others)
    if (runs) runAll(compiler, module, others)
  }
} finally {
  remove()
}
console.log(failures === 0 ? 'every program compiles and runs' : `${failures} failures`)
process.exitCode = failures === 0 ? 0 : 1
