import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { actor } from '../../../src/algo/actor.ts'
import { init, iterate, parts, presets, type PpoConfig } from '../../../src/algo/ppo/index.ts'
import { cartPole, type Environment } from '../../../src/env/index.ts'
import { readActor } from '../../../src/run/policy/readActor.ts'
import { encodeTrained } from '../../../src/run/policy/policySnapshot.ts'
import { encodeTorch } from '../../../src/run/policy/torch.ts'
import { key } from '../../../src/random/index.ts'
import { small } from '../../support/runs.ts'
import { closing, spaceNames, spaces, walk } from '../../support/spaces.ts'

const normalise = { observation: true, reward: true, clip: 5, epsilon: 1e-8 }

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What a run folder has after an update. */
const run = <S>(name: string, env: Environment<S>, config: PpoConfig) => {
  const learning = parts(config, env)
  const [, { learner }] = iterate(config, learning)(init(learning)(key(1)))
  const text = JSON.stringify({ format: 'proximal run 1', env: name, ppo: config })
  return {
    learning,
    learner,
    files: { config: utf8(text), params: encodeTrained(learner) },
  }
}

const right = <A>(read: E.Either<string, A>): A =>
  E.isLeft(read) ? expect.fail(read.left) : read.right

describe('an actor out of a run folder’s bytes', () => {
  test.each(spaceNames)('acts as the learner does: %s', (space) => {
    const env = walk(spaces[space])
    const { learning, learner, files } = run('walk', env, { ...small, normalise })
    const [act, expected] = [right(readActor(files, env)), actor(learning, learner)]
    for (const observation of [
      [0, 0],
      [3, 1],
      [-100, 2],
    ])
      // prettier-ignore
      for (const options of [{}, { key: key(7) }])
        expect(act(observation, options)).toEqual(expected(observation, options))
  })

  test('needs no environment where it is one of the library’s, and spaces alone of others', () => {
    const { learner, learning, files } = run('cartpole', cartPole, {
      ...presets.cleanrl,
      envs: 2,
      steps: 16,
      totalSteps: 32,
    })
    const observation = [0.1, 0, -0.05, 0.3]
    const expected = actor(learning, learner)(observation)
    expect(right(readActor(files))(observation)).toBe(expected)
    const { name, observationSpace, actionSpace } = cartPole
    const alone = { name, observationSpace, actionSpace }
    expect(right(readActor(files, alone))(observation)).toBe(expected)
  })

  test('asks for a mask where the environment closes choices', () => {
    const env = walk(spaces.discrete, closing(spaces.discrete))
    const { files } = run('walk', env, small)
    expect(() => right(readActor(files, env))([0, 0])).toThrow('mask: expected the allowed choices')
  })

  const { files } = run('walk', walk(spaces.discrete), small)
  const without = run('walk', walk(spaces.discrete), small).files.params
  const normalised = run('walk', walk(spaces.discrete), { ...small, normalise }).files.config
  const torch = right(
    encodeTorch('sb3')({
      env: walk(spaces.discrete),
      config: small,
      trained: run('walk', walk(spaces.discrete), small).learner,
    }),
  ).bytes

  test.each([
    ['an unknown environment', files, undefined, 'config: env: expected one of cartpole,'],
    ['another one', files, walk(spaces.box), 'params: expected 95 numbers for walk, got 98'],
    ['no JSON', { ...files, config: utf8('{') }, walk(spaces.discrete), 'config: expected JSON'],
    ['no config', { ...files, config: utf8('[1]') }, walk(spaces.discrete), 'config: '],
    ['no parameters', { ...files, params: utf8('') }, walk(spaces.discrete), 'params: file: '],
    [
      'statistics that are missing',
      { config: normalised, params: without },
      walk(spaces.discrete),
      'params: expected the statistics of observations',
    ],
    [
      'the parameters of another library',
      { ...files, params: torch },
      walk(spaces.discrete),
      'params: expected the parameters of a run, got those of sb3',
    ],
  ])('says what is wrong: %s', (_, given, env, message) => {
    expect(readActor(given, env)).toEqual(E.left(expect.stringContaining(message)))
  })

  test.prop([fc.uint8Array(), fc.uint8Array()])(
    'throws nothing for any bytes',
    (config, params) => {
      expect(E.isLeft(readActor({ config, params }))).toBe(true)
      expect(E.isLeft(readActor({ ...files, params }, walk(spaces.discrete)))).toBe(true)
    },
  )
})
