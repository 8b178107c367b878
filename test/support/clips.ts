import { fc } from '@fast-check/vitest'
import type { Clip, ClipForm, RewardedClip } from '../../src/preferences/clip.ts'
import { own } from '../../src/tensor/tensor.ts'

/** Clips of two numbers observed and one acted by, of up to four steps. */
export const smallForm: ClipForm = { length: 4, features: 2, actions: 1 }

/** A clip of steps [observation, observation, action]. */
export const clipOf = (
  steps: ReadonlyArray<readonly [number, number, number]>,
  terminated = false,
): Clip => ({
  observation: own(
    ['step', 'feature'],
    [steps.length, 2],
    Float32Array.from(steps.flatMap(([a, b]) => [a, b])),
  ),
  action: own(
    ['step', 'action'],
    [steps.length, 1],
    Float32Array.from(steps, ([, , action]) => action),
  ),
  terminated,
})

export const rewarded = (clip: Clip, reward: readonly number[]): RewardedClip => ({
  ...clip,
  reward,
})

const x = fc.integer({ min: -40, max: 40 }).map((n) => n / 8)

/** A clip of the small form, whole or with an end. */
export const clip: fc.Arbitrary<Clip> = fc
  .tuple(fc.array(fc.tuple(x, x, x), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([steps, terminated]) => clipOf(steps, terminated || steps.length < 4))
