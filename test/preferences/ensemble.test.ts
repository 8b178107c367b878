import { describe, expect, test } from 'vitest'
import { knowsOver, mostDisputed, rewardEnsemble } from '../../src/preferences/ensemble.ts'
import type { Clip } from '../../src/preferences/clip.ts'
import { preferenceFitConfig } from '../../src/preferences/fitConfig.ts'
import type { Preference } from '../../src/preferences/labeller.ts'
import { rewardNetwork } from '../../src/preferences/rewardNetwork.ts'
import { writeOver, writeStep } from '../../src/preferences/stepInputs.ts'
import { key } from '../../src/random/key.ts'
import { uniforms53 } from '../../src/random/uniform.ts'
import { data } from '../../src/tensor/tensor.ts'
import { expectClose } from '../support/centralDifference.ts'
import { clipOf, smallForm } from '../support/clips.ts'

const network = rewardNetwork(smallForm, [8])
const config = { ...preferenceFitConfig, steps: 150, batch: 16, learningRate: 1e-2 }

/** Clips of random steps; the last third of them end early. */
const draws = uniforms53(key(5), 12 * 60)
const clips = Array.from({ length: 60 }, (_, i): Clip => {
  const steps = i < 40 ? 4 : 1 + (i % 3)
  return clipOf(
    Array.from({ length: steps }, (__, step) => {
      const at = 12 * i + 3 * step
      return [2 * draws[at]! - 1, 2 * draws[at + 1]! - 1, 2 * draws[at + 2]! - 1] as const
    }),
    i >= 40,
  )
})

/** Likes the first number that is observed, and the action; "episode over" is worth `over`. */
const worth =
  (over: number) =>
  ({ observation, action }: Clip): number => {
    const [o, a] = [data(observation), data(action)]
    let sum = over * (4 - a.length)
    for (let step = 0; step < a.length; step++) sum += o[2 * step]! + a[step]!
    return sum
  }

const prefer = (of: readonly Clip[], over: number): readonly Preference[] =>
  of.flatMap((a, i) =>
    [7, 11, 19].map((shift) => {
      const b = of[(i + shift) % of.length]!
      return worth(over)(a) > worth(over)(b)
        ? { chosen: a, rejected: b }
        : { chosen: b, rejected: a }
    }),
  )

const fitted = (preferences: readonly Preference[], how: 'js' | 'wasm' = 'wasm') => {
  const parts = rewardEnsemble(network, 3, how)
  const [summary, ensemble] = parts.fit(config)(preferences, clips, key(2))
  /** of a step [observation, observation, action], or of "episode over" */
  const reward = (step: readonly [number, number, number] | null): number =>
    parts.rewards(ensemble, 1, (out, to) =>
      step === null
        ? writeOver(out, to, smallForm)
        : writeStep(out, to, smallForm, ensemble.scale, step, 0, step, 2),
    )[0]!
  return { parts, summary, ensemble, reward }
}

const whole = clips.slice(0, 40)

describe('an ensemble of reward networks', () => {
  test('learns what is preferred, to the same bits on js and wasm', () => {
    const [onJs, onWasm] = (['js', 'wasm'] as const).map((how) => fitted(prefer(whole, 0), how))
    expect(onJs!.ensemble).toStrictEqual(onWasm!.ensemble)
    const { parts, ensemble, summary, reward } = onWasm!
    expect(summary.loss).toBeLessThan(0.25)
    const pairs = whole.slice(0, 20).map((first, i) => ({ first, second: whole[20 + i]! }))
    const right = pairs.filter(({ first, second }, i) => {
      const p = parts.probabilities(ensemble, pairs).reduce((sum, each) => sum + each[i]!, 0) / 3
      return p > 0.5 === worth(0)(first) > worth(0)(second)
    })
    expect(right.length).toBeGreaterThanOrEqual(18)
    expect(reward([0.8, 0, 0.8])).toBeGreaterThan(reward([-0.8, 0, -0.8]) + 1)
  })

  test('starts members from different parameters', () => {
    const { members } = rewardEnsemble(network, 2, 'js').init(key(1), clips)
    expect(data(members[0]!.params.flat)).not.toStrictEqual(data(members[1]!.params.flat))
  })

  test('standardises its members on the reference: mean 0 and deviation 1 without an end', () => {
    const { parts, ensemble } = fitted(prefer(whole, 0))
    for (const member of ensemble.members) {
      const steps = clips.flatMap(({ observation, action }) =>
        Array.from(data(action), (a, step) => {
          const o = data(observation)
          return [o[2 * step]!, o[2 * step + 1]!, a] as const
        }),
      )
      const alone = rewardEnsemble(network, 1, 'js')
      const rewards = alone.rewards(
        { scale: ensemble.scale, members: [member] },
        steps.length,
        (out, to, row) =>
          writeStep(out, to, smallForm, ensemble.scale, steps[row]!, 0, steps[row]!, 2),
      )
      const mean = rewards.reduce((a, b) => a + b, 0) / rewards.length
      const square = rewards.reduce((sum, r) => sum + (r - mean) * (r - mean), 0) / rewards.length
      expectClose([mean, square], [0, 1], 1e-5, 1e-5)
    }
    expect(parts).toBeDefined()
  })

  test.each([
    ['bad', -1, 'above'],
    ['good', 1, 'below'],
  ])('rates "episode over" at 0 where it was compared; where it is %s, steps lie %s', (_, over) => {
    const preferences = prefer(clips, over)
    expect(knowsOver(preferences)).toBe(true)
    const { reward } = fitted(preferences)
    expectClose(reward(null), 0, 0, 1e-6)
    expect(Math.sign(reward([0, 0, 0]))).toBe(-over)
  })

  test('knows nothing of "episode over" from clips that are equally long', () => {
    expect(knowsOver(prefer(whole, 5))).toBe(false)
  })

  test('needs preferences to fit to, and a member', () => {
    expect(() => fitted([])).toThrow('preferences: expected at least one, got none')
    expect(() => rewardEnsemble(network, 0)).toThrow('members: expected a whole number >= 1')
  })
})

test('the most disputed pairs are those whose probabilities differ most', () => {
  const pairs = [0, 1, 2, 3].map((i) => ({ first: clips[i]!, second: clips[i + 4]! }))
  const chosen = mostDisputed(
    [
      [0.5, 0.1, 0.9, 0.5],
      [0.5, 0.9, 0.8, 0.5],
    ],
    pairs,
    3,
  )
  expect(chosen).toStrictEqual([pairs[1], pairs[2], pairs[0]])
})
