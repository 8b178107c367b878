import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { cartPole } from '../../src/env/index.ts'
import { decodeTrained, encodeTrained } from '../../src/io/trained.ts'
import { js } from '../../src/kernel/js/js.ts'
import { toArray } from '../../src/tensor/index.ts'
import { begin, small } from '../support/runs.ts'

const trained = (seed: number, hidden = small.hidden) => ({
  params: begin(cartPole, seed, { ...small, hidden }, js.f32).params,
  normaliser: null,
})

describe('parameters of a run', () => {
  test('are read back to the bit', () => {
    const decoded = decodeTrained(trained(2))(encodeTrained(trained(1)))
    if (E.isLeft(decoded)) expect.fail(decoded.left)
    expect(toArray(decoded.right.params.flat)).toEqual(toArray(trained(1).params.flat))
  })

  test('of another network are refused, with the tensor’s name', () => {
    expect(decodeTrained(trained(1, [5, 3]))(encodeTrained(trained(1)))).toEqual(
      E.left('actor.layer1.weight: expected f32 [in=5, out=3], got f32 [5, 4]'),
    )
  })
})
