import { describe, expect, test } from 'vitest'
import * as distribution from '../../src/distribution/index.ts'
import * as random from '../../src/random/index.ts'
import * as rl from '../../src/rl/index.ts'
import * as tensor from '../../src/tensor/index.ts'

/** What a program in plain JavaScript may hand over instead of a tensor. */
const OTHERS: ReadonlyArray<readonly [shown: string, value: unknown]> = [
  ['nothing', undefined],
  ['null', null],
  ['[1,2]', [1, 2]],
  ['{}', {}],
  ['3', 3],
]

const whitening = { ddof: 0, epsilon: 1e-8, epsilonKind: 'add' } as const
const t = tensor.of(['sample'], [2], [1, 2])

type Call = (x: never) => unknown
/** Functions of a tensor, by the argument that their errors name. */
const calls: Readonly<Record<string, readonly Call[]>> = {
  t: [
    tensor.toArray,
    tensor.data,
    tensor.item,
    tensor.size,
    tensor.sum,
    tensor.mean,
    tensor.transpose,
    (x) => tensor.cast(x, 'f32'),
    (x) => tensor.map(x, (y) => y),
    (x) => tensor.pick(x, 0),
    (x) => tensor.take(x, t),
    (x) => tensor.reshape(x, ['a'], [2]),
  ],
  index: [(x) => tensor.take(t, x)],
  a: [
    (x) => tensor.add(x, t),
    (x) => tensor.div(x, t),
    (x) => tensor.scale(x, 2),
    (x) => tensor.matmul(x, t as never),
  ],
  x: [rl.whiten(whitening), rl.moments.of],
  logProb: [
    (x) => rl.approxKl(x, t),
    (x) => rl.clipFraction({ clip: 0.2 }, x, t),
    (x) => rl.kl.k3(x, t),
    (x) => rl.policyGradient(x, { advantage: t }),
    (x) => rl.clippedSurrogate({ clip: 0.2 })(x, { oldLogProb: t, advantage: t }),
  ],
  value: [(x) => rl.explainedVariance(x, t)],
  logits: [(x) => random.categorical(random.key(1), x)],
  param: [
    distribution.categorical.at,
    distribution.bernoulli.at,
    distribution.diagonalGaussian.at,
    distribution.squashedGaussian.at,
  ],
}

describe.each(Object.entries(calls))('a function of a tensor %s', (argument, functions) => {
  test.each(OTHERS)('says so where it gets %s', (shown, value) => {
    for (const f of functions)
      expect(() => f(value as never)).toThrow(
        new RegExp(
          `^${argument}: expected a tensor.*, got ${shown.replace(/[[\]{}]/g, '\\$&')}: make one with tensor\\.of`,
        ),
      )
  })
})
