import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { encodeCertificate, type Certificate } from '../../src/run/certificate.ts'
import { certify } from '../../src/run/verify.ts'
import { enginesIn, runOn } from './engines.ts'
import type { Row, Task } from './job.ts'
import { runs } from './runs.ts'

// Makes certificates here, has every engine verify them and make its own, and shows a table.
// Started from the project's folder; ends with 1 where anything differs, and with CI=true where an
// engine is missing.

const json = process.argv.includes('--json')
const inCI = process.env['CI'] === 'true'
const here = join(process.cwd(), 'test/engines')
const modules = join(here, 'node_modules')
const page = join(process.cwd(), '.build/engines')
const say = (line: string): boolean => (json ? process.stderr : process.stdout).write(`${line}\n`)
const started = performance.now()

if (!existsSync(join(modules, '.package-lock.json'))) {
  say('engines: npm ci, some 100 MB to fetch')
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: here,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}
await build({
  root: join(here, 'page'),
  base: './',
  logLevel: 'silent',
  worker: { format: 'es' },
  build: { outDir: page, emptyOutDir: true, target: 'es2022' },
})

const certificates = [...runs].map(([run, config]): readonly [string, Certificate] => {
  const making = certify(config, { kernels: 'js' })
  for (;;) {
    const { done, value } = making.next()
    if (done === true) return [run, value]
  }
})
const steps = certificates.reduce((sum, [, { config }]) => sum + config.settings.totalSteps, 0)
say(`${certificates.length} certificates of ${steps} steps, made by Node ${process.versions.node}`)

const task = (run: string, certificate: Certificate, refusedAt: number | null): Task => ({
  run,
  certificate: new TextDecoder().decode(encodeCertificate(certificate)),
  refusedAt,
})
const first = certificates[0]![1]
const { config, chain } = first
const other = '0'.repeat(64)
const tasks = [
  ...certificates.map(([run, certificate]) => task(run, certificate, null)),
  task('forged: a link', { ...first, chain: chain.map((x, i) => (i === 5 ? other : x)) }, 5),
  task(
    'forged: γ',
    { ...first, config: { ...config, settings: { ...config.settings, gamma: 0.981 } } },
    1,
  ),
  task('forged: the seed', { ...first, config: { ...config, seed: config.seed + 1 } }, 0),
  task('forged: the end', { ...first, hash: other }, chain.length - 1),
]

type Found = Exclude<Row, { kind: 'engine' } | { kind: 'end' }>
interface Report {
  readonly engine: string
  readonly rows: readonly Found[]
  /** how many there have to be */
  readonly due: number
  readonly problem: string | null
  readonly skipped: boolean
}

const line = (engine: string, { kind, run, kernels, found, expected, seconds }: Found): string =>
  `${found === expected ? 'ok ' : 'BAD'}  ${engine.padEnd(16)} ${kernels.padEnd(5)} ${kind.padEnd(9)} ${run.padEnd(21)} ${found.padEnd(16)} ${seconds.toFixed(2).padStart(6)} s`

const reports: Report[] = []
for (const engine of enginesIn(modules, join(process.cwd(), '.build/test/engines/child.js'))) {
  if (!existsSync(engine.binary)) {
    say(`${inCI ? 'BAD' : 'SKIPPED'}  ${engine.name}: nothing at ${engine.binary}`)
    reports.push({ engine: engine.name, rows: [], due: 0, problem: 'missing', skipped: !inCI })
    continue
  }
  const rows: Found[] = []
  let name = engine.name
  let doubt: string | null = null
  const problem = await runOn(engine, page, tasks, (row) => {
    if (row.kind === 'end') return
    if (row.kind === 'engine') {
      name = (/(Firefox|Chrome)\/[\d.]+/.exec(row.name)?.[0] ?? row.name)
        .replace('/', ' ')
        .slice(0, 16)
      if (row.probes.some((probe) => probe !== first.fingerprint.probe))
        doubt = 'its probe is another'
      return
    }
    rows.push(row)
    say(line(name, row))
  })
  const trouble = problem ?? doubt
  if (trouble !== null) say(`BAD  ${name}: ${trouble}`)
  // Pages keep a run in their database, too.
  const due = tasks.length * 2 + certificates.length + (engine.kind === 'page' ? 1 : 0)
  reports.push({ engine: name, rows, due, problem: trouble, skipped: false })
}

const bad = reports.filter(
  ({ rows, due, problem, skipped }) =>
    !skipped &&
    (problem !== null ||
      rows.length !== due ||
      rows.some(({ found, expected }) => found !== expected)),
)
const skipped = reports.filter((report) => report.skipped)
const seconds = (performance.now() - started) / 1000
say(
  bad.length === 0
    ? `the same bits on ${reports.length - skipped.length} engines, in ${seconds.toFixed(0)} s${skipped.length > 0 ? `; SKIPPED: ${skipped.map(({ engine }) => engine).join(', ')}` : ''}`
    : `not as it should be: ${bad.map(({ engine }) => engine).join(', ')}`,
)
if (json)
  process.stdout.write(`${JSON.stringify({ same: bad.length === 0, seconds, engines: reports })}\n`)
process.exitCode = bad.length === 0 ? 0 : 1
