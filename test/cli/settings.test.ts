import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { preset } from '../../src/ppo.ts'
import { withSettings } from '../../src/cli/settings.ts'

describe('--set', () => {
  const start = preset('cleanrl')

  test('sets a field that a preset may lack', () => {
    expect(withSettings('ppo', start, ['logStd.min=-5', 'logStd.max=null'])).toEqual(
      E.right({ ...start, logStd: { ...start.logStd, min: -5, max: null } }),
    )
  })

  test('names the nearest field, one that may be lacking too', () => {
    expect(withSettings('ppo', start, ['logStd.mx=1'])).toEqual(
      E.left('--set: expected a field of the config, got "logStd.mx": did you mean logStd.max?'),
    )
  })

  test('leaves out fields that were not set', () => {
    const set = withSettings('ppo', start, ['gamma=0.5'])
    expect(E.isRight(set) && JSON.stringify(set.right)).toBe(
      JSON.stringify({ ...start, gamma: 0.5 }),
    )
  })
})
