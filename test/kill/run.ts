/**
 * Kills runs with SIGKILL at random moments of their lives, lets them go on, kills them again, until
 * they end, and compares each with the run that nobody killed:
 * `npm run test:kill -- [--times N] [--seed S] [--at-once N] [--json]`.
 * Ends with 1 where a byte differs.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { foldIn, key } from '../../src/random/index.ts'
import { uniforms53 } from '../../src/random/uniform.ts'
import { workshop } from '../support/cli.ts'
import { differences, isRun, phaseOf, phases, type Phase } from './folder.ts'
import { live, type Life, type Moment } from './process.ts'
import { KEPT, runs } from './runs.ts'

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    'at-once': { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
})
const [times, seed, atOnce] = [values.times, values.seed, values['at-once']].map(Number) as [
  number,
  number,
  number,
]
const say = (line: string): boolean =>
  (values.json ? process.stderr : process.stdout).write(`${line}\n`)
const started = performance.now()
const { folder, remove } = workshop()

/** The run that nobody killed. */
interface Whole {
  readonly name: string
  readonly args: readonly string[]
  readonly run: string
  readonly life: Life
  readonly hash: string
}

const train = (args: readonly string[], out: string): readonly string[] => [
  'train',
  ...args,
  '--out',
  out,
  ...KEPT,
]

const wholes: Whole[] = []
for (const [name, args] of runs) {
  const home = join(folder, `whole${wholes.length}`)
  mkdirSync(home)
  const run = join(home, 'run')
  const life = await live(run, train(args, run), null)
  if (life.code !== 0) throw new Error(`${name}: ended with ${life.code}: ${life.said}`)
  const { hash } = JSON.parse(readFileSync(join(run, 'replay.json'), 'utf8')) as { hash: string }
  wholes.push({ name, args, run, life, hash })
  say(
    `${name}: ${life.seconds.toFixed(1)} s, ${life.changes} changes of files, ${hash.slice(0, 12)}…`,
  )
}

/** Half of the moments lie anywhere in a life, half at a change of its files or just after it. */
const momentOf = (one: number, { life }: Whole): Moment => {
  const [kind, place, delay] = uniforms53(foldIn(key(seed), one), 3) as unknown as [
    number,
    number,
    number,
  ]
  return kind < 0.5
    ? { after: 'start', change: 0, seconds: place * life.seconds }
    : {
        after: 'change',
        change: 1 + Math.floor(place * life.changes),
        seconds: delay < 0.5 ? 0 : 0.02 * (delay - 0.5),
      }
}

const killed: Record<Phase, number> = Object.fromEntries(
  phases.map((phase) => [phase, 0]),
) as Record<Phase, number>
const problems: string[] = []
let [kills, aimed, resumes, restarts, ended, longest, moments, chains] = [0, 0, 0, 0, 0, 0, 0, 0]

/** One run, killed until it ends by itself or enough were killed; then it may end in peace. */
const chain = async (number: number): Promise<void> => {
  const whole = wholes[number % wholes.length]!
  const home = join(folder, `run${number}`)
  mkdirSync(home)
  const run = join(home, 'run')
  const wrong = (problem: string): void => {
    problems.push(`${whole.name}, run ${number}: ${problem}`)
    say(`BAD  ${problems.at(-1)}`)
  }
  for (let deaths = 0; ;) {
    const goesOn = isRun(run)
    const args = goesOn ? ['train', '--resume', run, ...KEPT] : train(whole.args, run)
    const isAimed = kills + aimed < times
    if (isAimed) aimed += 1
    const life = await live(run, args, isAimed ? momentOf(moments++, whole) : null)
    if (isAimed) aimed -= 1
    if (goesOn) resumes += 1
    else if (deaths > 0) restarts += 1
    if (life.said.includes('passed over')) wrong(`passed over a checkpoint: ${life.said}`)
    if (life.killed) {
      deaths += 1
      kills += 1
      killed[phaseOf(run)] += 1
      if (kills % 20 === 0) say(`${kills} of ${times} killed, ${problems.length} differences`)
      continue
    }
    ended += 1
    longest = Math.max(longest, deaths)
    if (life.code !== 0) wrong(`ended with ${life.code}: ${life.said}`)
    else for (const problem of differences(run, whole.run)) wrong(problem)
    return
  }
}

const isEnough = (): boolean => kills >= times

const worker = async (): Promise<void> => {
  while (!isEnough()) await chain(chains++)
}
await Promise.all(Array.from({ length: atOnce }, worker))

const seconds = (performance.now() - started) / 1000
for (const phase of phases) say(`${String(killed[phase]).padStart(5)}  killed ${phase}`)
say(
  `${kills} kills of ${ended} runs (up to ${longest} of one), ${resumes} times gone on, ${restarts} times begun again, ${problems.length} differences, in ${seconds.toFixed(0)} s`,
)
if (values.json)
  process.stdout.write(
    `${JSON.stringify({ kills, killed, runs: ended, longest, resumes, restarts, differences: problems, hashes: Object.fromEntries(wholes.map(({ name, hash }) => [name, hash])), seed, seconds })}\n`,
  )
if (problems.length === 0) remove()
else say(`what is left of them is in ${folder}`)
process.exitCode = problems.length === 0 ? 0 : 1
