/**
 * What many machines cost: the overhead of a shard over Redis, the gain of two workers on an environment
 * whose step takes 50 µs, and a simulation of up to 1,000 workers with the service times that were
 * measured: `npm run bench:distributed -- [--rounds N]`.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { workshop } from '../test/support/cli.ts'
import { redisServer } from '../test/support/redisServer.ts'
import { measure } from './distributed/measure.ts'
import { simulate } from './distributed/simulate.ts'
import { fork } from 'node:child_process'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '200' } } })
const rounds = Number(values.rounds)
const say = (line: string): boolean => process.stdout.write(`${line}\n`)
const ms = (seconds: number): string => (1000 * seconds).toFixed(2)
const CLI = join(process.cwd(), 'dist/cli/main.js')
const { folder, remove } = workshop()
const server = await redisServer()

say('overhead of a shard, ms, with a worker that responds immediately')
say('bytes      p50    p90    Redis  learner')
const services = []
for (const bytes of [10_000, 100_000, 1_000_000]) {
  const service = await measure(server, bytes, rounds)
  services.push(service)
  const { overhead, overhead90, redis, learner } = service
  const row = [overhead, overhead90, redis, learner].map((x) => ms(x).padStart(6)).join(' ')
  say(`${String(bytes).padEnd(9)} ${row}`)
}

const game = join(folder, 'slow.mjs')
writeFileSync(
  game,
  `export const slow = {
  name: 'slow',
  observationSpace: { kind: 'box', size: 4, low: [-1, -1, -1, -1], high: [1, 1, 1, 1] },
  actionSpace: { kind: 'discrete', n: 2 },
  init: () => ({ age: 0 }),
  observe: ({ age }) => [age / 100, 0, 0, 1],
  step: (action) => ({ age }) => {
    const end = performance.now() + 0.05
    while (performance.now() < end);
    return [{ reward: action, terminated: age > 98, truncated: false }, { age: age + 1 }]
  },
}
`,
)
const how =
  '--set envs=16 --set steps=512 --set epochs=1 --set minibatches=4 --steps 163840 --threads 1'
const speed = (name: string, ...more: readonly string[]): number => {
  const args = [CLI, 'train', game, '--preset', 'cleanrl', ...how.split(' ')]
  const out = execFileSync(
    process.execPath,
    [...args, '--out', join(folder, name), '--json', ...more],
    { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' },
  )
  return (JSON.parse(out.trim().split('\n').at(-1)!) as { readonly sps: number }).sps
}
const workers = [1, 2].map((i) =>
  fork(CLI, ['worker', '--redis', server.url, '--env', game, '--name', `w${i}`], { silent: true }),
)
await new Promise((resolve) => {
  setTimeout(resolve, 3000)
})
const one = speed('one')
const two = speed('two', '--redis', server.url, '--shards', '4')
say(
  `\nsteps of 50 µs: ${one.toFixed(0)}/s in one process, ${two.toFixed(0)}/s with two workers: ${(two / one).toFixed(2)} ×`,
)
for (const worker of workers) worker.kill('SIGKILL')
await server.remove()
remove()

say('\nsimulated iterations: 4 shards of 1 s per worker, 10 Gbit/s per Redis')
say('workers  result     Redis  s/iteration  busy  Redis used  learner used  MB/iteration')
for (const count of [10, 100, 1000])
  for (const service of services)
    for (const servers of count === 1000 ? [1, 4] : [1]) {
      const shards = 4 * count
      const bandwidth = 1.25e9
      const plant = { workers: count, shards, compute: 1, service, servers, bandwidth }
      const { seconds, busy, redis, learner } = simulate(plant)
      const share = (x: number): string => `${(100 * x).toFixed(0)} %`
      say(
        `${String(count).padEnd(8)} ${String(service.bytes).padEnd(10)} ${String(servers).padEnd(6)} ${seconds.toFixed(2).padStart(11)} ${share(busy).padStart(5)} ${share(redis).padStart(11)} ${share(learner).padStart(13)} ${((shards * service.bytes) / 1e6).toFixed(0).padStart(13)}`,
      )
    }
