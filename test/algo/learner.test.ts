import { expect, test } from 'vitest'
import { withParams } from '../../src/algo/learner.ts'
import { init, iterate, parts } from '../../src/algo/ppo/index.ts'
import { cartPole } from '../../src/env/index.ts'
import { key } from '../../src/random/index.ts'
import { withFlat } from '../../src/tensor/params.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'
import { small } from '../support/runs.ts'

const all = parts(small, cartPole)
const begin = init(all)

test('a state takes parameters from elsewhere, and its optimiser forgets', () => {
  const [, state] = iterate(small, all)(begin(key(1)))
  const { params, optim } = begin(key(2)).learner
  const next = expectPure(withParams(all), state, params)
  expectSameBits(next, { ...state, learner: { ...state.learner, params, optim } })
})

test('a run that begins so is the run that began with them', () => {
  const start = begin(key(1))
  const same = withParams(all)(start, start.learner.params)
  expectSameBits(iterate(small, all)(same), iterate(small, all)(start))
})

test('more or fewer parameters are refused', () => {
  const state = begin(key(1))
  const other = withFlat({}, new Float32Array(0))
  expect(() => withParams(all)(state, { ...state.learner.params, flat: other.flat })).toThrow(
    /params: expected \[param=\d+\], got \[param=0\]/,
  )
})
