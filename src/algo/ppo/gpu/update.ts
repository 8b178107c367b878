import type { Device } from '../../../kernel/gpu/device.ts'
import type { Result } from '../../../kernel/gpu/gpujs.ts'
import { kernelEpsilon } from '../../../optim/adam.ts'
import type { Key } from '../../../random/key.ts'
import { permutation } from '../../../random/permutation.ts'
import { errorAt, expectFinite, expectShape } from '../../../tensor/check.ts'
import { withFlat } from '../../../tensor/params.ts'
import { data, own } from '../../../tensor/tensor.ts'
import type { Learner } from '../../learner.ts'
import type { Samples } from '../../samples.ts'
import type { PpoConfig } from '../config.ts'
import { shuffleKey, type Learned, type LossMetrics } from '../learn.ts'
import type { Sizes } from './sizes.ts'
import type { Rates } from '../../rates.ts'
import { columnsOf } from './columns.ts'
import { layersOf, layerSize, type Layer } from './layers.ts'
import { BEFORE_ACTION, TOLD, TOLD_LENGTH } from './lossSources.ts'
import { perLaunch } from './perLaunch.ts'
import { learnPlan, type Transfers } from './plan.ts'

/** Rates of a step: see ADAM in layerSources.ts, and the clip ranges of lossSources.ts. */
const RATES = 5

/** Copies rows of a result into `out` from `at` on; returns where it ends. */
const lay = (result: Result, out: Float32Array, at: number): number => {
  if (!(result instanceof Float32Array))
    return result.reduce<number>((from, row) => lay(row, out, from), at)
  out.set(result, at)
  return at + result.length
}

/** One update, with what it took. */
export interface GpuUpdate {
  readonly update: (
    batch: Samples,
    key: Key,
    rates: Rates,
  ) => (learner: Learner) => Promise<[Learned, Learner]>
  /** arrays that go up to the device and come down in one launch of so many minibatches */
  readonly transfers: Transfers & { readonly minibatches: number }
  /** Ends its kernels; the device stays. */
  readonly destroy: () => Promise<void>
}

/**
 * `update` on a device, as far as f32 in another order of sums goes: K epochs of minibatches, each
 * from its samples to Adam's step, in launches of many. The batch goes up with each launch, and the
 * parameters and what Adam remembers with it and down again.
 *
 * Rejects with an address `gpu` where the device is lost; the learner that went in is whole.
 */
export const gpuUpdate = (device: Device, config: PpoConfig, sizes: Sizes): GpuUpdate => {
  const { all } = layersOf(config, sizes)
  const samples = config.envs * config.steps
  const rows = samples / config.minibatches
  const steps = config.epochs * config.minibatches
  const minibatches = perLaunch(config, sizes)
  const { plan, transfers, destroy } = learnPlan(device, config, sizes, minibatches)

  const layerInput = ({ inputs, outputs, at }: Layer, moments: readonly Float32Array[]) => {
    const n = (inputs + 1) * outputs
    const value = new Float32Array(moments.length * n)
    moments.forEach((moment, i) => value.set(moment.subarray(at, at + n), i * n))
    return device.input(value, outputs, inputs + 1, moments.length)
  }

  const ratesOf = (
    { learningRate, clip, valueClip }: Rates,
    power1: number,
    power2: number,
  ): readonly number[] => {
    const correction2 = 1 - power2
    return [
      learningRate / (1 - power1),
      1 / Math.sqrt(correction2),
      kernelEpsilon(config.adam, correction2),
      clip,
      valueClip ?? 0,
    ]
  }

  const update: GpuUpdate['update'] = (batch, key, rates) => async (learner) => {
    const {
      params,
      optim: [, adam],
    } = learner
    const observation = device.input(
      data(
        expectShape(
          'observation',
          batch.observation,
          ['sample', 'feature'],
          [samples, sizes.observations],
        ),
      ) as Float32Array,
      sizes.observations,
      samples,
    )
    const columns = device.input(
      columnsOf(sizes, batch, samples),
      BEFORE_ACTION + sizes.actions,
      samples,
    )
    const order = new Float32Array(config.epochs * samples)
    for (let epoch = 0; epoch < config.epochs; epoch++)
      order.set(
        data(permutation(shuffleKey(config, key, epoch), 'sample', samples)),
        epoch * samples,
      )

    const flat = [params.flat, adam.m, adam.v].map((x) =>
      Float32Array.from(data(expectShape('params', x, ['param'], params.flat.shape))),
    )
    let [power1, power2] = [adam.beta1Power, adam.beta2Power]
    let told: Float32Array = new Float32Array(TOLD_LENGTH)
    for (let done = 0; done < steps; done += minibatches) {
      const schedule = new Float32Array(minibatches * RATES)
      for (let i = 0; i < minibatches; i++) {
        power1 *= config.adam.beta1
        power2 *= config.adam.beta2
        schedule.set(ratesOf(rates, power1, power2), i * RATES)
      }
      const results = await plan.run(
        ...all.map((layer) => layerInput(layer, flat)),
        observation,
        columns,
        device.input(order.subarray(done * rows, (done + minibatches) * rows), minibatches * rows),
        device.input(schedule, RATES, minibatches),
        device.input(told, TOLD_LENGTH),
      )
      all.forEach(({ at, ...layer }, i) => {
        const moments = results[i] as readonly Result[]
        flat.forEach((to, j) =>
          lay(moments[j]!, to.subarray(at, at + layerSize({ at, ...layer })), 0),
        )
      })
      told = results[all.length] as Float32Array
    }

    const losses = Object.fromEntries(
      TOLD.map((name, i) => [name, told[i]! / steps]),
    ) as unknown as LossMetrics
    if (!Number.isFinite(losses.gradNorm))
      throw errorAt(
        { field: 'gradient' },
        `gradient: expected a finite norm, got ${losses.gradNorm}`,
      )
    const [theta, m, v] = flat.map((x) => own(['param'], [x.length], x))
    expectFinite('parameters', theta!)
    const optim = [
      { norm: told[TOLD.length]! },
      { count: adam.count + steps, beta1Power: power1, beta2Power: power2, m: m!, v: v! },
    ] as const
    return [
      { metrics: losses, adaptive: null },
      { ...learner, params: withFlat(params.tree, flat[0]!), optim },
    ]
  }

  return { update, transfers: { ...transfers, minibatches }, destroy }
}
