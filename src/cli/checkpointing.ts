import * as E from 'fp-ts/lib/Either.js'
import type { Problem } from './problem.ts'

/** When a run in the middle is kept: after so many updates, or seconds, or only when it ends. */
export type Every =
  { readonly unit: 'updates' | 'seconds'; readonly count: number } | { readonly unit: 'end' }

/** Costs a run of any size less than it can measure. */
const USUAL: Every = { unit: 'seconds', count: 60 }

export const checkpointOptions = { 'checkpoint-every': { type: 'string' } } as const

/** `10` updates, `60s`, or `never`. */
export const parseEvery = (given: string | undefined): E.Either<Problem, Every> => {
  if (given === undefined) return E.right(USUAL)
  if (given === 'never') return E.right({ unit: 'end' })
  const count = Number(/^(\d{1,9})s?$/.exec(given)?.[1] ?? 0)
  return count > 0
    ? E.right({ unit: given.endsWith('s') ? 'seconds' : 'updates', count })
    : E.left(
        `--checkpoint-every: expected updates such as 10, seconds such as 60s, or never, got ${JSON.stringify(given)}`,
      )
}

/** Whether one is due, so many updates and seconds after the last. */
export const isDue = (every: Every, updates: number, seconds: number): boolean =>
  every.unit === 'end'
    ? false
    : every.unit === 'updates'
      ? updates >= every.count
      : seconds >= every.count
