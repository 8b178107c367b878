/**
 * Packs the package, installs it into an empty folder, and compiles and runs small programs there, as
 * strictly as a compiler can, with the oldest TypeScript that is promised and with the newest:
 * `npm run test:consumer`. Ends with 1 where one does not compile or run.
 */
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { workshop } from '../support/cli.ts'
import {
  attempts,
  manifest,
  NPM_INSTALL,
  packed,
  pinned,
  PROJECT,
  runIn,
  tool,
  TSC,
  versionOf,
} from '../support/consumer.ts'
import { packedIn, packingProblems } from '../support/packed.ts'
import {
  OLDEST,
  passes,
  programs,
  tsconfig,
  type Compiler,
  type Pass,
  type Program,
} from './programs.ts'

/** Of the package without its dependencies: 8.4 MB today. */
const LIMIT = 9_000_000
const source = join(process.cwd(), 'test/consumer/programs')
const { folder, remove } = workshop()
const run = runIn(folder)
const { attempt, conclude } = attempts()

const install = (...packages: readonly string[]): void => {
  const [npm, ...args] = NPM_INSTALL
  run(npm, ...args, ...packages)
}

const compilers: { readonly [C in Compiler]: string } = {
  oldest: join(folder, 'node_modules/oldest/bin/tsc'),
  newest: TSC,
}

/** Compiles programs in these ways. */
const compile = async (ways: readonly Pass[], some: readonly Program[]): Promise<void> => {
  for (const { by, module, place } of ways)
    for (const compiler of by) {
      const names = some.filter(({ places }) => places.includes(place)).map(({ name }) => name)
      await attempt(`${compiler}, ${module}, ${place}: ${names.join(', ')} compile`, () => {
        writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig(module, place, names)))
        run(process.execPath, compilers[compiler], '-p', '.')
      })
    }
}

/** Runs what the newest compiler made of programs: all compilers and ways make the same of them. */
const runAll = async (some: readonly Program[]): Promise<void> => {
  for (const { name, runs } of some)
    if (runs) await attempt(`${name} runs`, () => run(process.execPath, join('out', `${name}.js`)))
}

try {
  const used = programs.map(({ name }) => readFileSync(join(source, `${name}.ts`), 'utf8')).join()
  for (const path of Object.keys(manifest.exports).filter((path) => path !== './package.json'))
    if (!used.includes(`'${join('proximal', path)}'`))
      throw new Error(`programs: expected one that imports ${join('proximal', path)}, found none`)

  const tarball = packed(folder)
  writeFileSync(join(folder, 'package.json'), PROJECT)
  for (const file of readdirSync(source)) cpSync(join(source, file), join(folder, file))
  await attempt('npm installs it', () => install(tarball, `oldest@npm:typescript@${OLDEST}`))
  const newest = versionOf('@typescript/native')
  console.log(`oldest: TypeScript ${OLDEST}, newest: ${newest}, strict and without skipLibCheck`)

  await attempt('the package holds what it should, and nothing else', () => {
    const problems = packingProblems(
      packedIn(join(folder, 'node_modules/proximal')),
      manifest,
      LIMIT,
    )
    if (problems.length > 0) throw new Error(problems.join('\n'))
  })
  await attempt('publint finds nothing wrong with the package', () => {
    run(process.execPath, tool('publint/src/cli.js'), 'node_modules/proximal', '--strict')
  })
  // For ES modules alone: require() of CommonJS, and Node 10, which knows no `exports`, find nothing.
  await attempt('are-the-types-wrong resolves the types of every entry point', () => {
    const file = tool('@arethetypeswrong/cli/dist/index.js')
    run(process.execPath, file, tarball, '--profile', 'esm-only', '--format', 'ascii')
  })

  const plain = programs.filter(({ peers }) => peers.length === 0)
  await compile(passes.before, plain)
  await runAll(plain)
  // These come later, so that nothing before may need them.
  const peers = new Set(programs.flatMap((program) => program.peers))
  await attempt('npm installs its peers', () => install(...['@types/node', ...peers].map(pinned)))
  await compile(passes.after, programs)
  await runAll(programs.filter((program) => !plain.includes(program)))
} finally {
  remove()
}
conclude('every program compiles and runs')
