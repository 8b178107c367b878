import { describe, expect, test } from 'vitest'
import { distributionFor } from '../../src/algo/actions.ts'
import { policyFor } from '../../src/algo/policy.ts'
import {
  init,
  iterate,
  lossGrad,
  parts,
  presets,
  train,
  type PpoConfig,
} from '../../src/algo/ppo/index.ts'
import { choices, timeLimit, vectorise, width } from '../../src/env/index.ts'
import { js } from '../../src/kernel/index.ts'
import { key, normal } from '../../src/random/index.ts'
import { data, of, partRanges, pick, sum, toArray, type Tensor } from '../../src/tensor/index.ts'
import { withFlat, type ParamTree } from '../../src/tensor/params.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { inner, numericAlong } from '../support/direction.ts'
import { backwardOf, distGrad } from '../support/policyGrads.ts'
import {
  acted,
  closing,
  numbersIn,
  spaceNames,
  spaces,
  walk,
  type SpaceName,
  type Walk,
} from '../support/spaces.ts'

const config: PpoConfig = {
  ...presets.cleanrl,
  envs: 3,
  steps: 8,
  totalSteps: 3 * 3 * 8,
  epochs: 2,
  minibatches: 2,
  hidden: [3],
  gain: { hidden: 1.4, policy: 1, value: 1 },
  logStd: { kind: 'free', init: -0.3 },
}

const of2 = (t: Tensor, rows: number) => of(['sample', 'feature'], [rows, 2], toArray(t))
/** The actor's last layer, which gives the distribution's parameters. */
const outputLayer = ({ actor }: ParamTree): { readonly weight: Tensor; readonly bias: Tensor } =>
  (actor as unknown as { readonly layer1: { readonly weight: Tensor; readonly bias: Tensor } })
    .layer1

const dot = (a: Tensor, b: Tensor): number => inner(toArray(a), toArray(b))

const isGaussian = (name: SpaceName): boolean => name === 'box' || name === 'product'

/** Every kind of policy that a config makes for a space. */
const kinds = spaceNames.flatMap((space) =>
  (['separate', 'shared'] as const).flatMap((trunk) =>
    (isGaussian(space) ? (['free', 'state'] as const) : (['free'] as const)).flatMap((logStd) =>
      (isGaussian(space) ? (['clip', 'squash'] as const) : (['clip'] as const)).flatMap(
        (actionBound) =>
          (choices(spaces[space]) > 0 ? [false, true] : [false]).map((isMasked) => ({
            space,
            trunk,
            logStd,
            actionBound,
            isMasked,
          })),
      ),
    ),
  ),
)

describe.each(kinds)(
  'a policy over $space, $trunk, log σ $logStd, $actionBound, masked: $isMasked',
  ({ space, trunk, logStd, actionBound, isMasked }) => {
    const chosen: PpoConfig = {
      ...config,
      trunk,
      actionBound,
      logStd: { kind: logStd, init: -0.3 },
    }
    const env = walk(spaces[space])
    const policy = policyFor(js.f64, env, chosen)
    const params = policy.init(key(4))
    const N = 3
    const observation = of2(normal(key(5), ['sample', 'feature'], [N, 2], 'f64'), N)
    const open = isMasked
      ? of(
          ['sample', 'choice'],
          [N, choices(spaces[space])],
          [0, 1, 2].flatMap((age) => closing(spaces[space])({ place: 0, age })),
        )
      : null
    const [{ dist, value }, cache] = policy.forward(params, observation, open)
    const action = dist.sample(key(6))
    const weights = normal(key(7), ['sample'], [N], 'f64')
    const dValue = normal(key(8), ['sample'], [N], 'f64')
    const COEF = 0.7

    test('backward of its parameters’ gradient is the gradient of Σ w log π(a) + c Σ H + Σ u V in every parameter', () => {
      const objective = (x: Float64Array): number => {
        const [out] = policy.forward(withFlat(params.tree, x), observation, open)
        return (
          dot(out.dist.logProb(action), weights) +
          COEF * sum(out.dist.entropy()) +
          dot(out.value, dValue)
        )
      }
      const dParam = distGrad(dist, action, weights, COEF)
      const grads = backwardOf(policy, params, cache, { dParam, dValue })
      expectClose(toArray(grads.flat), numericGrad(objective, toArray(params.flat)), 1e-6, 1e-9)
    })

    test('jvp is the derivative of the distribution’s parameters along a direction', () => {
      const flat = normal(key(9), ['param'], params.flat.shape, 'f64')
      const tangent = withFlat(params.tree, data(flat) as Float64Array)
      // What is masked stays at −∞: the derivative is that of the logits before the mask.
      const along = numericAlong(
        (x) => toArray(policy.forward(withFlat(params.tree, x), observation)[0].dist.param),
        toArray(params.flat),
        toArray(flat),
      )
      expectClose(toArray(policy.jvp(cache, tangent)), along, 1e-6, 1e-9)
    })

    test('value alone is that of forward, to the bit, and a mask does not touch it', () => {
      expectSameBits(policy.value(params, observation), value)
      expectSameBits(policy.forward(params, observation)[0].value, value)
    })

    test('leaves its inputs as they are', () => {
      const dParam = expectPure(distGrad, dist, action, weights, COEF)
      expectPure(policy.forward<'sample'>, params, observation, open)
      expectPure(backwardOf, policy, params, cache, { dParam, dValue })
    })
  },
)

describe('log σ starts from what the config says', () => {
  const at = (kind: 'free' | 'state', start: number, choice: Partial<PpoConfig> = {}) => {
    const chosen = { ...config, ...choice, logStd: { kind, init: start } }
    const policy = policyFor(js.f64, walk(spaces.product), chosen)
    return { policy, params: policy.init(key(1)) }
  }
  const { logStd: columns } = distributionFor(spaces.product, config)

  test('free: parameters between the policy’s network and V’s', () => {
    const { policy, params } = at('free', -0.7)
    const { tree, flat } = params
    const ranges = partRanges(tree)
    expect(Object.keys(tree)).toEqual(['actor', 'logStd', 'critic'])
    expect(toArray(tree.logStd as Tensor)).toEqual([-0.7, -0.7, -0.7])
    expect(ranges.logStd).toEqual([ranges.actor![1], ranges.actor![1] + 3])
    const [{ dist }] = policy.forward(params, of(['sample', 'feature'], [1, 2], [3, -2]))
    for (const column of columns) expect(toArray(dist.param)[column]).toBe(-0.7)
    expect(flat.shape[0]).toBe(ranges.critic![1])
  })

  test.each(['separate', 'shared'] as const)(
    'state: biases of the policy’s outputs, and nothing else (%s)',
    (trunk) => {
      const [zero, moved] = [at('state', 0, { trunk }), at('state', -0.5, { trunk })]
      const blank = of(['sample', 'feature'], [1, 2], [0, 0])
      const [{ dist }] = moved.policy.forward(moved.params, blank)
      expect(toArray(dist.param)).toEqual(
        toArray(dist.param).map((_, j) => (columns.includes(j) ? -0.5 : 0)),
      )
      const before = toArray(zero.params.flat)
      const difference = toArray(moved.params.flat).map((x, i) => x - before[i]!)
      expect(difference.filter((x) => x !== 0)).toEqual([-0.5, -0.5, -0.5])
      expect(moved.params.tree.logStd).toBeUndefined()
    },
  )

  test('state: on top of biases that do not start from 0', () => {
    const [zero, moved] = [0, 1].map((start) => at('state', start, { weights: 'fanIn' }))
    const seen = of(['sample', 'feature'], [1, 2], [0.3, -0.4])
    const dists = [zero!, moved!].map(({ policy, params }) =>
      toArray(policy.forward(params, seen)[0].dist.param),
    )
    const shift = dists[1]!.map((x, j) => x - dists[0]![j]!)
    const expected = shift.map((_, j) => (columns.includes(j) ? 1 : 0))
    expectClose(shift, expected, 0, 1e-15)
  })

  test('in f32 as in f64, rounded', () => {
    const chosen = { ...config, logStd: { kind: 'state', init: -0.3 } } as const
    const params = policyFor(js.f32, walk(spaces.box), chosen).init(key(1))
    expect(params.flat.dtype).toBe('f32')
    expect(toArray(params.flat).filter((x) => x === Math.fround(-0.3)).length).toBe(2)
  })
})

describe('what the environment receives', () => {
  const live = (space: SpaceName, actionBound: PpoConfig['actionBound'], seed = 2) => {
    const told: unknown[] = []
    const wide = { ...config, steps: 40, actionBound, logStd: { kind: 'free', init: 0.5 } } as const
    const run = acted(
      walk(spaces[space], undefined, (action) => told.push(action)),
      wide,
      seed,
    )
    const { action } = run.rolled.trajectory
    const columns = width(spaces[space])
    const rows = Array.from({ length: 120 }, (_, i) =>
      toArray(action).slice(columns * i, columns * (i + 1)),
    )
    return { ...run, told, rows }
  }

  test.each(['clip', 'squash', 'none'] as const)('elements of discrete spaces (%s)', (bound) => {
    const single = live('discrete', bound)
    expect(new Set(single.told)).toEqual(new Set([0, 1, 2]))
    expect(single.told).toEqual(single.rows.flat())
    const { told } = live('multiDiscrete', bound)
    expect(new Set(told.map((a) => (a as number[])[0]))).toEqual(new Set([0, 1, 2]))
    expect(new Set(told.map((a) => (a as number[])[1]))).toEqual(new Set([0, 1, 2, 3]))
    const bits = live('multiBinary', bound)
    expect(bits.told).toEqual(bits.rows)
    expect(new Set(bits.told.flatMap(numbersIn))).toEqual(new Set([0, 1]))
  })

  test('clip: the numbers that were drawn, cut off at the bounds', () => {
    const { told, rows } = live('box', 'clip')
    const clipped = rows.map(([x, y]) => [
      Math.max(-1, Math.min(x!, 1)),
      Math.max(-2, Math.min(y!, 3)),
    ])
    expect(told).toEqual(clipped)
    expect(rows).not.toEqual(clipped)
  })

  test('none: the numbers that were drawn', () => {
    const { told, rows } = live('box', 'none')
    expect(told).toEqual(rows)
    expect(rows.flat().some((x) => Math.abs(x) > 2)).toBe(true)
  })

  test('squash: their place between the bounds, never beyond', () => {
    const { told, rows } = live('box', 'squash')
    for (const [i, [x, y]] of rows.entries()) {
      expect(Math.max(Math.abs(x!), Math.abs(y!))).toBeLessThan(1)
      const [low, high] = told[i] as [number, number]
      expectClose([low, high], [x!, 0.5 + 2.5 * y!], 1e-12, 1e-12)
    }
  })

  test('a product’s element has its names, and each part its bounds', () => {
    const { told, rows } = live('product', 'clip')
    expect(told).toEqual(
      rows.map(([x, y, button, bit0, bit1, knob]) => ({
        stick: [Math.max(-1, Math.min(x!, 1)), Math.max(0, Math.min(y!, 0.5))],
        button,
        deep: { bits: [bit0, bit1], knob: [Math.max(0, Math.min(knob!, 4))] },
      })),
    )
  })

  test('the log-probability is that of the number that was drawn, not of the clipped one', () => {
    const { rolled, policy, params, rows, samples } = live('box', 'clip')
    const [{ dist }] = policy.forward(params, samples.observation)
    const table = toArray(dist.param)
    const expected = rows.map((row, i) =>
      row.reduce((total, u, j) => {
        const [mean, logStd] = [table[4 * i + j]!, table[4 * i + 2 + j]!]
        const z = (u - mean) / Math.exp(logStd)
        return total - (z * z) / 2 - logStd - Math.log(2 * Math.PI) / 2
      }, 0),
    )
    expectClose(toArray(rolled.trajectory.logProb), expected, 1e-12, 1e-12)
    expectClose(toArray(samples.oldLogProb), expected, 1e-12, 1e-12)
  })
})

describe.each(spaceNames)('a rollout over %s', (name) => {
  const env = walk(spaces[name])

  test.each(['f32', 'f64'] as const)('of world i does not depend on the others (%s)', (dtype) => {
    const many = acted(env, config, 3, js[dtype])
    const one = acted(env, { ...config, envs: 1 }, 3, js[dtype])
    for (const field of ['action', 'logProb', 'reward', 'value', 'nextValue'] as const)
      for (let t = 0; t < config.steps; t++) {
        const all: Tensor = pick(many.rolled.trajectory[field] as Tensor<['time', 'env']>, t)
        const alone = pick(one.rolled.trajectory[field] as Tensor<['time', 'env']>, t)
        expect(toArray(alone)).toEqual(toArray(pick(all as Tensor<['env', 'action']>, 0)))
      }
  })

  test('asked again in one batch, log-probabilities have the same bits', () => {
    const { policy, params, samples } = acted(env, config, 3, js.f32)
    const [{ dist }] = policy.forward(params, samples.observation)
    expectSameBits(toArray(dist.logProb(samples.action)), toArray(samples.oldLogProb))
  })
})

describe.each(spaceNames.filter((name) => choices(spaces[name]) > 0))('a mask over %s', (name) => {
  const space = spaces[name]

  /** The choices that an action makes, as the mask counts them; a bit of 0 closes none. */
  const made = (element: unknown): number[] => {
    if (name === 'discrete') return [element as number]
    if (name === 'multiDiscrete') return (element as number[]).map((a, i) => a + 3 * i)
    if (name === 'multiBinary') return (element as number[]).flatMap((bit, i) => (bit ? [i] : []))
    const { button, deep } = element as { button: number; deep: { bits: number[] } }
    return [button, ...deep.bits.flatMap((bit, i) => (bit ? [3 + i] : []))]
  }

  const told: Array<{ readonly action: unknown; readonly state: Walk }> = []
  const env = walk(space, closing(space), (action, state) => told.push({ action, state }))
  const long = { ...config, steps: 300 }
  const run = acted(env, long, 5)
  const lived = [...told]

  test('closes what the environment closes: never taken, in 900 steps in which each is taken elsewhere', () => {
    expect(lived.length).toBe(900)
    for (const { action, state } of lived)
      for (const choice of made(action)) expect(closing(space)(state)[choice]).toBe(true)
    const taken = new Set(lived.flatMap(({ action }) => made(action)))
    expect(taken.size).toBe(choices(space))
  })

  test('is in the trajectory and in the samples, row by row', () => {
    const expected = lived.flatMap(({ state }) => closing(space)(state).map(Number))
    expect(toArray(run.rolled.trajectory.actionMask!)).toEqual(expected)
    expect(run.rolled.trajectory.actionMask!.shape).toEqual([300, 3, choices(space)])
    expect(run.samples.actionMask!.shape).toEqual([900, choices(space)])
    expect(toArray(run.samples.actionMask!)).toEqual(expected)
  })

  test('is part of the log-probability, and asked again the bits are the same', () => {
    const { policy, params, samples } = run
    const [{ dist }] = policy.forward(params, samples.observation, samples.actionMask)
    expectSameBits(toArray(dist.logProb(samples.action)), toArray(samples.oldLogProb))
    const [{ dist: all }] = policy.forward(params, samples.observation)
    expect(toArray(all.logProb(samples.action))).not.toEqual(toArray(samples.oldLogProb))
  })

  test('does not change V', () => {
    const { policy, params, samples } = run
    expectSameBits(toArray(policy.value(params, samples.observation)), toArray(samples.oldValue))
  })

  // Always the same closed: its logits are never read, so that nothing may move them.
  test('leaves the weights and biases of a logit that is never open where they are, to the bit', () => {
    const closed = closing(space)({ place: 0, age: 0 })
    const shut = walk(space, () => closed)
    const chosen = {
      ...config,
      entropyCoef: 0.1,
      klPenalty: { ...config.klPenalty, kind: 'fixed' },
    }
    const all = parts(chosen as PpoConfig, shut, js.f64)
    const start = init(all)(key(6))
    const [last] = [...train(chosen as PpoConfig, all)(start)].at(-1)!.slice(1)
    const output = outputLayer
    const after = (last as typeof start).learner.params.tree
    // Where the logits of the choices stand among the network's outputs, free log σ left out.
    const logits =
      name === 'product' ? [2, 3, 4, 5, 6] : Array.from({ length: choices(space) }, (_, j) => j)
    const column = (tree: typeof after, j: number) => {
      const { weight, bias } = output(tree)
      const outputs = bias.shape[0]!
      return [...toArray(weight).filter((_, i) => i % outputs === j), toArray(bias)[j]!]
    }
    for (const [c, j] of logits.entries()) {
      const before = column(start.learner.params.tree, j)
      if (closed[c]!) expect(column(after, j)).not.toEqual(before)
      else expect(column(after, j)).toEqual(before)
    }
  })

  test('has no gradient at what it closes', () => {
    const closed = closing(space)({ place: 0, age: 0 })
    const { policy, params, samples } = acted(
      walk(space, () => closed),
      config,
      7,
    )
    const [, grads] = lossGrad({ ...config, entropyCoef: 0.3 }, policy)(params, samples)
    const bias = toArray(outputLayer(grads.tree).bias)
    const from = name === 'product' ? 2 : 0
    for (const [c, isOpen] of closed.entries()) {
      if (isOpen) expect(bias[from + c]).not.toBe(0)
      else expect(bias[from + c]).toBe(0)
    }
  })

  test('stays under a time limit', () => {
    const limited = timeLimit(5)(env)
    const worlds = vectorise(limited, 3)
    const world = worlds.init(key(2))
    const plain = vectorise(env, 3)
    expectSameBits(worlds.actionMask(world), plain.actionMask(plain.init(key(2))))
    told.length = 0
    acted(limited, long, 5)
    expect(told.length).toBe(900)
    expect(Math.max(...told.map(({ state }) => state.age))).toBe(4)
    for (const { action, state } of told)
      for (const choice of made(action)) expect(closing(space)(state)[choice]).toBe(true)
  })

  test('does not exist for an environment that masks no choices', () => {
    const { rolled, samples, env: worlds, world } = acted(walk(space), config, 1)
    expect(worlds.actionMask(world)).toBeNull()
    expect('actionMask' in rolled.trajectory || 'actionMask' in samples).toBe(false)
  })

  test.each([-1, 1])('of a wrong length (%i) is an error with its place', (more) => {
    const n = choices(space)
    const wrong = walk(space, () => Array.from({ length: n + more }, () => true))
    const all = parts(config, wrong, js.f64)
    expect(() => iterate(config, all)(init(all)(key(0)))).toThrow(
      new RangeError(
        `update 1: walk: step 0: actionMask[env=0]: expected an array of ${n}, one per choice, got an array of ${n + more}`,
      ),
    )
  })
})

describe.each(kinds.filter(({ isMasked, actionBound }) => isMasked || actionBound === 'squash'))(
  'a run over $space, $trunk, log σ $logStd, $actionBound, masked: $isMasked',
  ({ space, trunk, logStd, actionBound, isMasked }) => {
    test('has the same bits on every backend', () => {
      const chosen: PpoConfig = { ...config, trunk, actionBound, logStd: { kind: logStd, init: 0 } }
      const env = walk(spaces[space], isMasked ? closing(spaces[space]) : undefined)
      const run = (how: 'js' | 'wasm' | typeof js.f32) => {
        const all = parts(chosen, env, how)
        return [...train(chosen, all)(init(all)(key(3)))]
      }
      const once = run('js')
      expect(once.length).toBe(3)
      expectSameBits(run('wasm'), once)
      expectSameBits(run(js.f32), once)
    })
  },
)

describe('a mask that closes everything is an error with its place', () => {
  /** Closed where environment 2 starts, and nowhere else. */
  const run = (space: SpaceName, isClosed: (choice: number) => boolean) => () => {
    const { place } = init(parts(config, walk(spaces[space]), js.f64))(key(0)).envState.slots[2]!
      .state
    const env = walk(spaces[space], (state) =>
      Array.from(
        { length: choices(spaces[space]) },
        (_, choice) => state.place !== place || !isClosed(choice),
      ),
    )
    const all = parts(config, env, js.f64)
    return iterate(config, all)(init(all)(key(0)))
  }

  test.each<[SpaceName, (choice: number) => boolean, entries: string]>([
    ['discrete', () => true, '0 to 2'],
    ['multiDiscrete', (c) => c >= 3, '3 to 6'],
    ['product', (c) => c < 3, '0 to 2'],
  ])('of %s', (space, isClosed, entries) => {
    expect(run(space, isClosed)).toThrow(
      new RangeError(
        `update 1: walk: step 0: actionMask[env=2]: entries ${entries}: expected an allowed choice, got none`,
      ),
    )
  })

  test('a closed bit is 0, so that all of them may be closed', () => {
    expect(run('multiBinary', () => true)).not.toThrow()
  })
})

test('a rollout under a mask leaves its inputs as they are', () => {
  const { rollout, params, world } = acted(walk(spaces.product, closing(spaces.product)), config, 1)
  expectPure(
    (theta: typeof params, from: typeof world) => rollout(theta, key(3))(from),
    params,
    world,
  )
})
