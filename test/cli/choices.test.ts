import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { combinations, namesIn } from '../../src/cli/choices.ts'

describe('--set of a sweep', () => {
  test('gives each combination of the values', () => {
    expect(combinations(['gamma=0.9,0.99', 'envs=1,2'])).toEqual(
      E.right([
        ['gamma=0.9', 'envs=1'],
        ['gamma=0.9', 'envs=2'],
        ['gamma=0.99', 'envs=1'],
        ['gamma=0.99', 'envs=2'],
      ]),
    )
    expect(combinations([])).toEqual(E.right([[]]))
  })

  test('splits at commas outside brackets and quotes, and takes a value once', () => {
    expect(combinations(['hidden=[32,32],[64]', 'a="x,]\\",y",z', 'hidden=[64],[8]'])).toEqual(
      E.right(
        ['[32,32]', '[64]', '[8]'].flatMap((hidden) =>
          ['"x,]\\",y"', 'z'].map((a) => [`hidden=${hidden}`, `a=${a}`]),
        ),
      ),
    )
  })

  test('is refused without a key', () => {
    expect(combinations(['=1'])).toEqual(E.left('--set: expected key=value,value, got "=1"'))
  })
})

test('names may be separated by commas or given one by one', () => {
  expect(namesIn('preset', ['own,sb3', 'cleanrl', 'sb3'])).toEqual(
    E.right(['own', 'sb3', 'cleanrl']),
  )
  expect(namesIn('preset', ['own,'])).toEqual(
    E.left('--preset: expected names, got "own,": separate them with commas'),
  )
})
