/**
 * A scheduler against a heuristic: when should the van of a warehouse leave? The heuristic leaves once so many
 * parcels wait, and is given the best such number for the very days that it is measured on. The trained policy,
 * which has not seen them, must still cost at least 10 % less: it learns what the rush of the day asks for.
 */
import { ppo, random } from 'proximal'
import { warehouse, type Warehouse } from './warehouse.js'

type Scheduler = (state: Warehouse) => 0 | 1

const config = ppo.config({
  preset: 'cartpole',
  totalSteps: 80_000,
  gamma: 0.97,
  lambda: 0.95,
  normalise: { reward: true },
})
const parts = ppo.parts(config, warehouse)
const ended = ppo.run(config, parts)(ppo.init(parts)(random.key(1)))
if (ended._tag === 'Left') throw new Error(ended.left.fault.message)
const act = ppo.actor(parts, ended.right.learner)
const trained: Scheduler = (state) =>
  act(warehouse.observe(state), { mask: warehouse.actionMask!(state) })

const leavesWith =
  (parcels: number): Scheduler =>
  (state) =>
    state.away === 0 && state.parcels >= parcels ? 1 : 0

/** What a day costs, whose parcels follow from its seed. */
const cost = (schedule: Scheduler, seed: number): number => {
  const [first, arrivals] = random.split(random.key(seed), 2)
  let state = warehouse.init(first)
  for (let total = 0; ;) {
    const step = warehouse.step(schedule(state), random.foldIn(arrivals, state.time))
    const [{ reward, terminated }, next] = step(state)
    total -= reward
    if (terminated) return total
    state = next
  }
}

const DAYS = 100
const costsOf = (name: string, schedule: Scheduler) => {
  const days = Array.from({ length: DAYS }, (_, seed) => cost(schedule, seed))
  return { name, days, mean: days.reduce((a, b) => a + b) / DAYS }
}

const rows = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => costsOf(`leaves with ${n}`, leavesWith(n))),
  costsOf('trained policy', trained),
]
console.log(`${' '.repeat(16)} mean cost of ${DAYS} days, the first three`)
for (const { name, days, mean } of rows)
  console.log(name.padEnd(16), mean.toFixed(1).padStart(6), ...days.slice(0, 3))

const best = Math.min(...rows.slice(0, -1).map(({ mean }) => mean))
const { mean } = rows.at(-1)!
if (!(mean < 0.9 * best)) throw new Error(`expected at least 10 % less than ${best}, got ${mean}`)
