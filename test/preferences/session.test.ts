import { describe, expect, test } from 'vitest'
import { cleanrl } from '../../src/algo/ppo/knownPresets.ts'
import { pendulum } from '../../src/env/pendulum.ts'
import { ppo } from '../../src/index.ts'
import { preferencesConfig } from '../../src/preferences/config.ts'
import { ask, type Answer, type BlindLabeller } from '../../src/preferences/labeller.ts'
import { preferencesLearner } from '../../src/preferences/learner.ts'
import { sessionSteps, undo, type Session } from '../../src/preferences/session.ts'
import { key } from '../../src/random/key.ts'
import { data, toArray } from '../../src/tensor/tensor.ts'

const ppoConfig = {
  ...cleanrl,
  envs: 4,
  steps: 16,
  totalSteps: 4 * 16 * 6,
  minibatches: 2,
  hidden: [8],
}

const config = {
  ...preferencesConfig,
  clip: 4,
  labels: 9,
  firstShare: 0.3,
  every: 2,
  hidden: [8],
  reference: 16,
  fit: { ...preferencesConfig.fit, steps: 10, batch: 4 },
}

const parts = ppo.parts(ppoConfig, pendulum, 'js')
const steps = sessionSteps(config, parts, 'js')
const first = steps.start(ppo.init(parts)(key(1)), key(2))

/** By what a clip begins with. */
const labeller: BlindLabeller = {
  reads: 'clip',
  label: (pairs) =>
    pairs.map((pair) => {
      const [a, b] = [pair.first, pair.second].map(({ observation }) => data(observation)[2]!)
      return a! > b! ? 'first' : 'second'
    }),
}

type Some = Session<(typeof first)['state']['run'] extends ppo.TrainState<infer S> ? S : never>

const answerTo = (session: Some): Answer =>
  labeller.label([steps.asked(session)], key(0))[0] as Answer

const bits = ({ state, choices, pairs, answers }: Some) => ({
  policy: toArray(state.run.learner.params.flat),
  networks: state.ensemble.members.map(({ params }) => toArray(params.flat)),
  asked: pairs.map(({ first: one, second }) => [
    toArray(one.observation),
    toArray(second.observation),
  ]),
  answers,
  choices,
})

/** All sessions on the way to the end. */
const played = (from: Some, choose: (session: Some) => Answer = answerTo): readonly Some[] => {
  const all = [from]
  for (let at = from; steps.phase(at) !== 'over'; all.push(at))
    at = steps.phase(at) === 'choose' ? steps.choose(at, choose(at)) : steps.learn(at)[1]
  return all
}

const all = played(first)
const end = all.at(-1)!

describe('a session', () => {
  test('asks for all labels, and learns what the learner does from the same answers', () => {
    expect(end.choices).toHaveLength(config.labels)
    const learner = preferencesLearner(config, parts, 'js')
    let state = learner.init(ppo.init(parts)(key(1)), key(2))
    while (state.run.update < 6) {
      if (learner.isDue(state)) {
        const pairs = learner.query(state)
        ;[, state] = learner.answer(state, ask(labeller, pairs, key(0)), pairs.length)
      }
      ;[, state] = learner.iterate(state)
    }
    expect(toArray(end.state.run.learner.params.flat)).toStrictEqual(
      toArray(state.run.learner.params.flat),
    )
  })

  test('is a function of its answers: the same ones give the same bits, others give others', () => {
    const again = steps.replay(first, end.choices)
    expect(bits(again)).toStrictEqual(bits(end))
    const round: readonly Answer[] = ['first', 'first']
    const [one, other] = [
      steps.replay(first, [...round, 'first']),
      steps.replay(first, [...round, 'second']),
    ]
    expect(bits(one).networks).not.toStrictEqual(bits(other).networks)
  })

  test('never changes a session that it was given', () => {
    const middle = all[Math.floor(all.length / 2)]!
    const before = structuredClone(bits(middle))
    expect(bits(played(middle).at(-1)!)).toStrictEqual(bits(end))
    expect(bits(middle)).toStrictEqual(before)
  })

  test('takes back any number of answers, and whatever was learned from them', () => {
    for (let count = 0; count <= config.labels; count++) {
      const back = undo(end, count)
      expect(steps.phase(back)).toBe(count === 0 ? 'over' : 'choose')
      expect(back.choices).toStrictEqual(end.choices.slice(0, config.labels - count))
      expect(bits(back)).toStrictEqual(bits(count === 0 ? end : steps.replay(first, back.choices)))
    }
    expect(undo(end, 1000)).toBe(first)
    expect(undo(first)).toBe(first)
  })

  test('learns nothing from ties', () => {
    const tied = played(first, () => null).at(-1)!
    expect(tied.state.asked).toBe(config.labels)
    expect(tied.state.preferences).toHaveLength(0)
    expect(tied.state.ensemble).toStrictEqual(first.state.ensemble)
  })

  test('refuses a step out of turn', () => {
    expect(() => steps.learn(first)).toThrow(
      'session: expected the phase fit or update, got choose',
    )
    expect(() => steps.choose(end, 'first')).toThrow('session: expected the phase choose, got over')
    expect(() => steps.asked(end)).toThrow('session: expected the phase choose, got over')
    expect(() => steps.replay(end, ['first'])).toThrow('expected the phase choose')
  })
})
