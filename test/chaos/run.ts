/**
 * Kills workers, learners and Redis with SIGKILL at seeded random moments, with a Redis that forgets all
 * and with one that keeps what it was told, until each run ends, and compares it with the run of a single
 * process that nobody killed: `npm run test:distributed -- [--kills N] [--seed S] [--json]`.
 * Ends with 1 where a byte differs, or where recovery from a killed worker took longer than 16 s.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setup } from '../build.ts'
import { proximalProcess, workshop } from '../support/cli.ts'
import { hasRedis } from '../support/redisServer.ts'
import { fight, VICTIMS, type Outcome } from './arena.ts'

/** A lock of 10 s, a look every 5 s, and a second to hear of it. */
const LONGEST_RECOVERY = 16

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '22' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
const kills = Number(values.kills)
const say = (line: string): void => {
  const stream = values.json ? process.stderr : process.stdout
  stream.write(`${line}\n`)
}

const inCI = process.env['CI'] === 'true'
if (!hasRedis()) {
  say(`${inCI ? 'BAD' : 'SKIPPED'}  no redis-server: install it`)
  process.exit(inCI ? 1 : 0)
}

setup()
const args = 'cartpole --set envs=8 --set steps=64 --steps 81920 --seed 5'.split(' ')
const started = performance.now()
const { folder, remove } = workshop()
const reference = join(folder, 'reference')
mkdirSync(folder, { recursive: true })
const alone = await proximalProcess(folder, 'train', ...args, '--out', reference, '--threads', '1')
if (alone.code !== 0) throw new Error(alone.stderr)

const arenas = [
  ['forgetful Redis', []],
  ['keeping Redis', ['--appendonly', 'yes', '--appendfsync', 'everysec']],
] as const
const outcomes: readonly Outcome[] = await Promise.all(
  arenas.map(([name, options], i) =>
    fight({
      name,
      folder: join(folder, `arena${i}`),
      seed: 1000 * i + Number(values.seed),
      kills: Math.ceil(kills / arenas.length),
      options,
      reference,
      args,
      say,
    }),
  ),
)

const problems = outcomes.flatMap((outcome) => outcome.problems)
const recoveries = outcomes.flatMap((outcome) => outcome.recoveries).toSorted((a, b) => a - b)
const longest = recoveries.at(-1) ?? 0
const median = recoveries[Math.floor(recoveries.length / 2)] ?? 0
if (longest > LONGEST_RECOVERY)
  problems.push(`recovery: expected at most ${LONGEST_RECOVERY} s, got ${longest.toFixed(1)}`)
const seconds = (performance.now() - started) / 1000
for (const [i, [name]] of arenas.entries()) {
  const each = VICTIMS.map((victim) => `${victim} ${outcomes[i]!.kills[victim]}`)
  say(`${name}: ${each.join(', ')} times killed in ${outcomes[i]!.runs} runs`)
}
for (const problem of problems) say(`BAD  ${problem}`)
say(
  `recovery from a killed worker: ${median.toFixed(1)} s median, ${longest.toFixed(1)} s at most; ${problems.length} problems in ${seconds.toFixed(0)} s`,
)
if (values.json)
  process.stdout.write(
    `${JSON.stringify({ kills: outcomes.map((one) => one.kills), recoveries, problems, seed: Number(values.seed), seconds })}\n`,
  )
if (problems.length === 0) remove()
else say(`what is left of them is in ${folder}`)
process.exitCode = problems.length === 0 ? 0 : 1
