import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { cartPole } from '../../../src/env/cartPole.ts'
import { decodeNpz } from '../../../src/format/npz.ts'
import type { StoredTensor } from '../../../src/format/safetensors.ts'
import { trajectoryNpz } from '../../../src/run/episode/trajectory.ts'
import * as tensor from '../../../src/tensor/index.ts'
import { begin } from '../../support/runs.ts'

test('a trajectory as .npz has the names and sizes of its fields', () => {
  const { rollout, params, world, actKey } = begin(cartPole, 1)
  const [{ trajectory }] = rollout(params, actKey)(world)
  const arrays = E.getOrElse((problem: string): ReadonlyMap<string, StoredTensor> =>
    expect.fail(problem),
  )(decodeNpz(trajectoryNpz(trajectory)))
  expect([...arrays].map(([name, { shape }]) => [name, shape])).toEqual([
    ['observations', [16, 3, 4]],
    ['actions', [16, 3]],
    ...['rewards', 'terminated', 'truncated', 'log_probs', 'values', 'next_values'].map((name) => [
      name,
      [16, 3],
    ]),
  ])
  expect(Array.from(arrays.get('values')!.data)).toEqual(tensor.toArray(trajectory.value))
  expect(Array.from(arrays.get('next_values')!.data)).toEqual(tensor.toArray(trajectory.nextValue))
  expect(Array.from(arrays.get('log_probs')!.data)).toEqual(tensor.toArray(trajectory.logProb))
})
