import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { lossGrad } from '../../src/algo/lossGrad.ts'
import { policyFor } from '../../src/algo/policy.ts'
import { tokenNetwork } from '../../src/algo/ppo/tokenNetwork.ts'
import { flattenTime, type Samples } from '../../src/algo/samples.ts'
import { js } from '../../src/kernel/js/js.ts'
import { f64 } from '../../src/math/real.ts'
import { key } from '../../src/random/key.ts'
import { languagePpo, languagePpoConfig } from '../../src/rlhf/languageAgent.ts'
import { languageEnvironment } from '../../src/rlhf/languageEnvironment.ts'
import { languageModel } from '../../src/rlhf/languageModel.ts'
import { vocabulary } from '../../src/rlhf/vocabulary.ts'
import { withFlat } from '../../src/tensor/params.ts'
import { own, reshape, toArray } from '../../src/tensor/tensor.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { right } from '../support/either.ts'

const abc = right(vocabulary('characters', ['a', 'b', 'c']))
const model = languageModel(abc, { window: 2, embedding: 2, hidden: [3] })
const environment = languageEnvironment(abc, { window: 2, longest: 4 }, (tokens) => tokens.length)
const config = { ...languagePpoConfig(model, 1), envs: 2, steps: 6, totalSteps: 12 }
const policy = policyFor(js.f64, environment, config, tokenNetwork(environment, config))
const kinds = ['k2', 'k3', 'exact'] as const

const moved = (seed: number, by: number) => {
  const { flat, tree } = policy.init(key(seed))
  return withFlat(
    tree,
    Float64Array.from(toArray(flat), (x, i) => x + by * f64.sin(i + seed)),
  )
}

/** Samples of a policy, with what a reference says of them. */
const sampled = (seed: number): Samples => {
  const parts = languagePpo.parts(config, environment, js.f64)
  const acted = moved(seed, 0.4)
  const [{ trajectory }] = parts.rollout(acted, key(seed))(parts.env.init(key(1)))
  const zero = own(['time', 'env'], [6, 2], new Float64Array(12))
  const samples = flattenTime(trajectory, zero, zero)
  const [{ dist }] = policy.forward(moved(seed + 1, 0.7), samples.observation)
  return {
    ...samples,
    referenceBeta: own(
      ['sample'],
      [12],
      Float64Array.from({ length: 12 }, (_, i) => (i % 5 === 0 ? 0 : 0.2 + 0.1 * i)),
    ),
    referenceLogProb: dist.logProb(samples.action),
    referenceParam: dist.param,
  }
}

describe('a KL in the loss', () => {
  test.prop({ kind: fc.constantFrom(...kinds), seed: fc.nat(1000) }, { numRuns: 6 })(
    'has the gradient of central differences',
    ({ kind, seed }) => {
      const samples = sampled(seed)
      const of = lossGrad(
        { surrogate: 'ratio', valueClip: null, valueCoef: 0, entropyCoef: 0, referenceKl: kind },
        policy,
      )
      const params = moved(seed + 2, 0.5)
      const [{ policyLoss }, { flat }] = of(params, samples)
      const numeric = numericGrad(
        (x) => of(withFlat(params.tree, x), samples)[0].policyLoss,
        toArray(params.flat),
      )
      expect(policyLoss).toBeGreaterThan(0)
      expectClose(toArray(flat), numeric, 1e-6, 1e-10)
    },
  )

  test.prop({ seed: fc.nat(1000) }, { numRuns: 3 })(
    'averages over tokens of π to the gradient of KL(π ‖ ρ) by k2, and of KL(ρ ‖ π) by k3',
    ({ seed }) => {
      const { observation, action } = sampled(seed)
      const first = reshape(observation, ['sample', 'feature'], observation.shape)
      const params = moved(seed + 2, 0.5)
      const n = action.shape[0]
      const [{ dist: pi }] = policy.forward(params, first)
      const [{ dist: rho }] = policy.forward(moved(seed + 1, 0.7), first)
      const gradOf = (kind: 'k2' | 'k3' | 'exact', token: number, beta: Float64Array) => {
        const tokens = own(['sample'], [n], new Int32Array(n).fill(token))
        const samples: Samples = {
          observation: first,
          action: tokens,
          oldLogProb: pi.logProb(tokens),
          oldValue: own(['sample'], [n], new Float64Array(n)),
          advantage: own(['sample'], [n], new Float64Array(n)),
          returns: own(['sample'], [n], new Float64Array(n)),
          referenceBeta: own(['sample'], [n], beta),
          referenceLogProb: rho.logProb(tokens),
          referenceParam: rho.param,
        }
        const loss = { surrogate: 'ratio', valueClip: null, valueCoef: 0, entropyCoef: 0 } as const
        return toArray(lossGrad({ ...loss, referenceKl: kind }, policy)(params, samples)[1].flat)
      }
      /** Σₐ π(a|s) ∂k(a), summed over all tokens. */
      const expected = (kind: 'k2' | 'k3') =>
        [0, 1, 2, 3]
          .map((token) => {
            const logs = toArray(pi.logProb(own(['sample'], [n], new Int32Array(n).fill(token))))
            return gradOf(kind, token, Float64Array.from(logs, f64.exp))
          })
          .reduce((a, b) => a.map((x, i) => x + b[i]!))
      const exact = gradOf('exact', 0, new Float64Array(n).fill(1))
      expectClose(expected('k2'), exact, 1e-9, 1e-12)

      const [, cache] = policy.forward(params, first)
      const grads = withFlat(params.tree, new Float64Array(policy.network.paramCount))
      const dParam = rho.klGrad(pi, own(['sample'], [n], new Float64Array(n).fill(1 / n)))
      policy.backward(cache, { dParam, dValue: null }, [{ from: 0, to: n, grads: grads.tree }])
      expectClose(expected('k3'), toArray(grads.flat), 1e-9, 1e-12)
    },
  )

  test('needs what the reference says of each sample', () => {
    const { referenceLogProb: _, referenceParam: __, ...rest } = sampled(1)
    const loss = { valueClip: null, valueCoef: 0, entropyCoef: 0, clip: 0.2 } as const
    for (const kind of kinds)
      expect(() => lossGrad({ ...loss, referenceKl: kind }, policy)(moved(1, 0.1), rest)).toThrow(
        `${kind === 'exact' ? 'referenceParam' : 'referenceLogProb'}: expected one per sample, because the loss has a KL from ρ, got none: add it`,
      )
  })
})
