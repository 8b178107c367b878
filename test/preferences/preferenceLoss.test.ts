import { fc, test } from '@fast-check/vitest'
import { describe } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import type { Mlp } from '../../src/nn/mlp.ts'
import { preferenceLoss, preferenceSamples } from '../../src/preferences/preferenceLoss.ts'
import type { Preference } from '../../src/preferences/labeller.ts'
import { rewardNetwork } from '../../src/preferences/rewardNetwork.ts'
import { inputScale, inputSize, writeClip } from '../../src/preferences/stepInputs.ts'
import { key } from '../../src/random/key.ts'
import { withFlat, type Params } from '../../src/tensor/params.ts'
import { data, own, toArray } from '../../src/tensor/tensor.ts'
import { lossAndGrad } from '../support/lossAndGrad.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { clip, clipOf, smallForm } from '../support/clips.ts'

const network = rewardNetwork(smallForm, [3])
const scale = { mean: [0.5, -0.25, 0.125], deviation: [2, 1.5, 0.75] }

const preferences = fc.array(
  fc.tuple(clip, clip).map(([chosen, rejected]): Preference => ({ chosen, rejected })),
  { minLength: 1, maxLength: 5 },
)

/** Of parameters of no special size. */
const spread = ({ tree, flat }: Params<Mlp>): Params<Mlp> =>
  withFlat(
    tree,
    Float64Array.from(toArray(flat), (x, i) => x + 0.3 * Math.sin(i)),
  )

/** The mean loss, and its gradient in so many shards, added up. */
const lossOf = (tree: Mlp, given: readonly Preference[], batch: number, shards = 1) => {
  const samples = preferenceSamples(network, scale, given, batch, 'f64')
  return lossAndGrad(preferenceLoss(network), tree, samples, network.network.paramCount, shards)
}

/** Σ r̂ over the L steps of a clip. */
const sumOf = (tree: Mlp, given: Preference['chosen']): number => {
  const size = inputSize(smallForm)
  const inputs = new Float64Array(smallForm.length * size)
  writeClip(inputs, 0, smallForm, scale, given)
  const rows = own(['row', 'feature'], [smallForm.length, size], inputs)
  return toArray(network.network.forward(js.f64, tree, rows)[0]).reduce((a, b) => a + b, 0)
}

describe('the loss on preferences', () => {
  test.prop(
    {
      preferences,
      seed: fc.nat(),
      batch: fc.integer({ min: 1, max: 3 }),
      shards: fc.integer({ min: 1, max: 2 }),
    },
    { numRuns: 10 },
  )('has the gradient of central differences', ({ preferences, seed, batch, shards }) => {
    const { flat, tree } = spread(network.init(key(seed), 'f64'))
    const { grad } = lossOf(tree, preferences, batch, shards)
    const numeric = numericGrad(
      (x) => lossOf(withFlat(tree, x).tree, preferences, batch).loss,
      toArray(flat),
    )
    expectClose(grad, numeric, 1e-6, 1e-10)
  })

  test.prop({ preferences, seed: fc.nat() })(
    'is the mean of −log σ(Σ r̂(chosen) − Σ r̂(rejected)), in any batch',
    ({ preferences, seed }) => {
      const { tree } = spread(network.init(key(seed), 'f64'))
      const each = preferences.map(({ chosen, rejected }) =>
        Math.log1p(Math.exp(sumOf(tree, rejected) - sumOf(tree, chosen))),
      )
      expectClose(
        lossOf(tree, preferences, 4).loss,
        each.reduce((a, b) => a + b, 0) / each.length,
        1e-9,
        1e-12,
      )
    },
  )

  test('counts "episode over" for the steps that a clip lacks', () => {
    const { tree } = spread(network.init(key(1), 'f64'))
    const over = new Float64Array(inputSize(smallForm))
    over[over.length - 1] = 1
    const rows = own(['row', 'feature'], [1, over.length], over)
    const rated = data(network.network.forward(js.f64, tree, rows)[0])[0]!
    const one = clipOf([[1, 2, 3]], true)
    const four = clipOf(
      Array.from({ length: 4 }, () => [1, 2, 3] as const),
      true,
    )
    expectClose(sumOf(tree, one), sumOf(tree, four) / 4 + 3 * rated, 1e-9, 1e-12)
  })
})

describe('the scale of inputs', () => {
  test('is mean and deviation over all steps, and 1 for what never varies', () => {
    const clips = [
      clipOf([[1, 5, 0]], true),
      clipOf(
        [
          [2, 5, 2],
          [6, 5, 4],
        ],
        true,
      ),
    ]
    const { mean, deviation } = inputScale(smallForm, clips)
    expectClose(mean, [3, 5, 2], 1e-12, 0)
    expectClose(deviation, [Math.sqrt(14 / 3), 1, Math.sqrt(8 / 3)], 1e-12, 0)
  })
})
