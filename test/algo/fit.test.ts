import { describe, expect, test } from 'vitest'
import { fit, fitted, type LossGrad } from '../../src/algo/fit.ts'
import { fitSteps, type FitState } from '../../src/algo/fitSteps.ts'
import { js } from '../../src/kernel/js/js.ts'
import { operation } from '../../src/kernel/machine.ts'
import { mlp, type Mlp } from '../../src/nn/index.ts'
import { adam } from '../../src/optim/adam.ts'
import { sgd } from '../../src/optim/sgd.ts'
import { key, normal } from '../../src/random/index.ts'
import { categorical } from '../../src/distribution/index.ts'
import { pack } from '../../src/tensor/params.ts'
import {
  data,
  of,
  own,
  type Floats,
  type ReadonlyNumbers,
  type Tensor,
} from '../../src/tensor/tensor.ts'

type Pairs = {
  readonly x: Tensor<['sample', 'feature']>
  readonly y: Tensor<['sample']>
}

const halfSquares = operation(
  'test.halfSquares',
  (_, loss: Floats, dOut: Floats, out: ReadonlyNumbers, y: ReadonlyNumbers, n: number) => {
    for (let i = 0; i < loss.length; i++) {
      const e = out[i]! - y[i]!
      loss[i] = (e * e) / 2
      dOut[i] = e / n
    }
  },
)

const network = mlp({ sizes: [2, 16, 1], gain: { hidden: 1, output: 1 } })

/** mean ½ (f(x) − y)² */
const regression: LossGrad<Mlp, Pairs> = (machine, params, { x, y }, n) => {
  const [out, cache] = network.forward(machine, params, x)
  const rows = x.shape[0]
  const [loss, dOut] = [machine.alloc(rows), machine.alloc(rows)]
  machine.run(halfSquares, loss, dOut, data(out), data(y), n)
  return {
    loss: own(['sample'], [rows], loss),
    backward: (back, shards) =>
      void network.backward(
        back,
        shards,
        params,
        cache,
        own(['sample', 'feature'], [rows, 1], dOut),
        false,
      ),
  }
}

const plane = (seed: number, count: number): Pairs => {
  const x = normal(key(seed), ['sample', 'feature'], [count, 2])
  const numbers = data(x)
  const y = Array.from({ length: count }, (_, i) => numbers[2 * i]! - 0.5 * numbers[2 * i + 1]!)
  return { x, y: of(['sample'], [count], Float32Array.from(y)) }
}

const start = () => pack(network.init(key(1), 'f32'))
const adamAt = (learningRate: number) =>
  adam(js.f32, { learningRate: () => learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 })

describe('fitting step by step', () => {
  const steps = fitSteps({ epochs: 4, minibatches: 3 }, regression, adamAt(1e-2))
  const samples = plane(2, 96)

  test('goes on from the end of any epoch to the same bits', () => {
    const whole = fitted(steps(start(), samples, key(3)))
    for (let epoch = 1; epoch <= 4; epoch++) {
      let state: FitState<Mlp, ReturnType<ReturnType<typeof adamAt>['init']>> | null = null
      for (const step of steps(start(), samples, key(3)))
        if (step.epoch?.epoch === epoch) state = step.state()
      const rest = fitted(steps(start(), samples, key(3), null, state))
      expect(data(rest.params.flat)).toStrictEqual(data(whole.params.flat))
      expect(rest.optim).toStrictEqual(whole.optim)
      expect(rest.history).toStrictEqual(whole.history.slice(epoch))
    }
  })

  test('counts minibatches, and has a state only at the end of an epoch', () => {
    const seen = [...steps(start(), samples, key(3))]
    expect(seen.map(({ done }) => done)).toStrictEqual([...seen.keys()].map((i) => i + 1))
    expect(seen.map(({ epoch }) => epoch?.epoch ?? 0).join()).toBe('0,0,1,0,0,2,0,0,3,0,0,4')
    expect(() => seen[0]!.state()).toThrow('state: expected a call at the end of an epoch')
  })

  test('does not go on where it would stop early', () => {
    const stopping = fitSteps({ epochs: 4, minibatches: 3, patience: 1 }, regression, adamAt(1e-2))
    const params = start()
    const from = { epoch: 1, params, optim: adamAt(1e-2).init(params.flat) }
    expect(() => fitted(stopping(params, samples, key(3), samples, from))).toThrow(
      'from: expected null where fitting stops early, got a state',
    )
  })
})

describe('fit', () => {
  test('regresses a plane', () => {
    const { history } = fit({ epochs: 60, minibatches: 4 }, regression, adamAt(1e-2))(
      start(),
      plane(2, 128),
      key(3),
    )
    expect(history).toHaveLength(60)
    expect(history[0]!.loss).toBeGreaterThan(0.1)
    expect(history.at(-1)!.loss).toBeLessThan(0.01)
  })

  test('gives the same bits on js and wasm', () => {
    const [js, wasm] = (['js', 'wasm'] as const).map((how) =>
      fit(
        { epochs: 3, minibatches: 4, shards: 3 },
        regression,
        adamAt(1e-2),
        how,
      )(start(), plane(2, 96), key(3)),
    )
    expect(data(js!.params.flat)).toEqual(data(wasm!.params.flat))
    expect(js!.history).toEqual(wasm!.history)
  })

  test('leaves what it was given as it was', () => {
    const [params, samples] = [start(), plane(2, 16)]
    const before = [params.flat, samples.x, samples.y].map((t) => (data(t) as Float32Array).slice())
    fit({ epochs: 2, minibatches: 2 }, regression, adamAt(1e-2))(params, samples, key(3))
    expect(
      [params.flat, samples.x, samples.y].map((t) => (data(t) as Float32Array).slice()),
    ).toEqual(before)
  })

  test('stops early, with the parameters of the lowest validation loss', () => {
    // Steps that are too long: the loss rises sooner or later.
    const unstable = sgd({ learningRate: (count) => (count < 6 ? 0.05 : 3) })
    const validation = plane(5, 32)
    const { params, history } = fit(
      { epochs: 50, minibatches: 2, patience: 3 },
      regression,
      unstable,
    )(start(), plane(2, 32), key(3), validation)
    const losses = history.map(({ validationLoss }) => validationLoss)
    const lowest = losses.indexOf(Math.min(...losses))
    expect(history).toHaveLength(lowest + 1 + 3)
    const again = fit({ epochs: lowest + 1, minibatches: 2 }, regression, unstable)(
      start(),
      plane(2, 32),
      key(3),
    )
    expect(data(params.flat)).toEqual(data(again.params.flat))
  })

  test('classifies', () => {
    const net = mlp({ sizes: [2, 8, 3], gain: { hidden: 1, output: 1 } })
    const ones = operation('test.ones', (_, out: Floats, x: number) => void out.fill(x))
    const negative = operation('test.negative', (_, out: Floats, x: ReadonlyNumbers) => {
      for (let i = 0; i < out.length; i++) out[i] = -x[i]!
    })
    const crossEntropy: LossGrad<
      Mlp,
      { readonly x: Pairs['x']; readonly label: Tensor<['sample']> }
    > = (machine, params, { x, label }, n) => {
      const rows = x.shape[0]
      const [out, cache] = net.forward(machine, params, x)
      const logits = own(['sample', 'param'], [rows, 3], data(out) as Floats)
      const dist = categorical.at(logits, null, machine)
      const loss = machine.alloc(rows)
      machine.run(negative, loss, data(dist.logProb(label)))
      const d = machine.alloc(rows)
      machine.run(ones, d, -1 / n)
      const dLogits = dist.logProbGrad(label, own(['sample'], [rows], d))
      return {
        loss: own(['sample'], [rows], loss),
        backward: (back, shards) =>
          void net.backward(
            back,
            shards,
            params,
            cache,
            own(['sample', 'feature'], [rows, 3], data(dLogits) as Floats),
            false,
          ),
      }
    }
    const { x } = plane(4, 90)
    const numbers = data(x)
    const label = of(
      ['sample'],
      [90],
      Int32Array.from({ length: 90 }, (_, i) =>
        numbers[2 * i]! > 0 ? (numbers[2 * i + 1]! > 0 ? 0 : 1) : 2,
      ),
    )
    const { history } = fit({ epochs: 80, minibatches: 3 }, crossEntropy, adamAt(2e-2))(
      pack(net.init(key(1), 'f32')),
      { x, label },
      key(3),
    )
    expect(history[0]!.loss).toBeGreaterThan(0.5)
    expect(history.at(-1)!.loss).toBeLessThan(0.15)
  })

  test('refuses minibatches that do not divide the samples, and early stopping without validation', () => {
    expect(() =>
      fit({ epochs: 1, minibatches: 5 }, regression, adamAt(1))(start(), plane(2, 16), key(3)),
    ).toThrow(new RangeError('minibatches: expected a divisor of 16 samples, got 5'))
    expect(() =>
      fit({ epochs: 1, minibatches: 2, patience: 1 }, regression, adamAt(1))(
        start(),
        plane(2, 16),
        key(3),
      ),
    ).toThrow(new RangeError('validation: expected samples to stop early by, got none'))
  })

  test('checks its samples, its validation samples and its patience', () => {
    const { x, y } = plane(2, 16)
    const run = (samples: Pairs, validation: Pairs | null = null) =>
      fit({ epochs: 1, minibatches: 2 }, regression, adamAt(1))(
        start(),
        samples,
        key(3),
        validation,
      )
    expect(() => run({ x, y: plane(2, 8).y })).toThrow(
      new RangeError('samples.y: expected 16 samples, as x has, got 8'),
    )
    expect(() => run({} as Pairs)).toThrow('samples: expected at least one field, got none')
    expect(() => run({ x, y }, { x } as Pairs)).toThrow(
      new RangeError('validation: expected the fields x, y, got x'),
    )
    expect(() => fit({ epochs: 1, minibatches: 1, patience: 0 }, regression, adamAt(1))).toThrow(
      /^patience: expected a whole number >= 1/,
    )
  })

  test('ends at a loss that is not finite', () => {
    const spoilt: LossGrad<Mlp, Pairs> = (machine, params, samples, n) => {
      const { loss, backward } = regression(machine, params, samples, n)
      const nan = operation('test.nan', (_, out: Floats) => void out.fill(NaN))
      machine.run(nan, data(loss) as Floats)
      return { loss, backward }
    }
    expect(() =>
      fit({ epochs: 1, minibatches: 2 }, spoilt, adamAt(1))(start(), plane(2, 16), key(3)),
    ).toThrow(new RangeError('epoch 0: minibatch 0: loss: expected a finite number, got NaN'))
  })
})
