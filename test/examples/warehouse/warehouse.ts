import { env, random } from 'proximal'

const DAY = 100
const CAPACITY = 10
const TRIP_STEPS = 2
const TRIP_COSTS = 30

/** Parcels per step on average: there is a rush in the middle of the day. */
const rate = (time: number): number => (time >= 40 && time < 60 ? 1.6 : 0.1)

export interface Warehouse {
  readonly parcels: number
  /** steps until the van is back; 0 when it is here */
  readonly away: number
  readonly time: number
}

/**
 * A warehouse and its van: each step it stays (0) or leaves with up to 10 parcels (1). A parcel that waits costs 1 a
 * step, and a trip takes 2 steps and costs 30.
 */
export const warehouse: env.Environment<Warehouse, env.Discrete<2>> = {
  name: 'warehouse',
  observationSpace: env.box(5, 0, 2),
  actionSpace: env.discrete(2),
  init: () => ({ parcels: 0, away: 0, time: 0 }),
  step:
    (leaves, key) =>
    ({ parcels, away, time }) => {
      const left = leaves === 1 ? Math.max(0, parcels - CAPACITY) : parcels
      // Two chances of half the rate each.
      const arrived = [0, 1].filter((i) => random.uniformAt(key, i) < rate(time) / 2).length
      const next: Warehouse = {
        parcels: left + arrived,
        away: leaves === 1 ? TRIP_STEPS : Math.max(0, away - 1),
        time: time + 1,
      }
      const cost = next.parcels + (leaves === 1 ? TRIP_COSTS : 0)
      return [{ reward: -cost, terminated: next.time === DAY, truncated: false }, next]
    },
  observe: ({ parcels, away, time }) => [
    Math.min(2, parcels / CAPACITY),
    away / TRIP_STEPS,
    time / DAY,
    rate(time),
    rate(time + 5),
  ],
  actionMask: ({ parcels, away }) => [true, away === 0 && parcels > 0],
}
