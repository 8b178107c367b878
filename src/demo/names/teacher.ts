import { foldIn, key, type Key } from '../../random/key.ts'
import { isSame, type Comparison } from '../../rlhf/comparison.ts'
import { decode, type Sequence } from '../../rlhf/encode.ts'
import { fitReward, fitRewardConfig } from '../../rlhf/fitReward.ts'
import { generate } from '../../rlhf/generate.ts'
import { iterateLanguage, type LanguageState } from '../../rlhf/iterateLanguage.ts'
import {
  fromLanguageModel,
  languagePpo,
  languagePpoConfig,
  toLanguageModel,
} from '../../rlhf/languageAgent.ts'
import { languageEnvironment } from '../../rlhf/languageEnvironment.ts'
import { rewardModel, rewardScores, type RewardParams } from '../../rlhf/rewardModel.ts'
import { scaleOf, standardised, type Scale } from '../../rlhf/score.ts'
import { sessionHash } from '../sessionHash.ts'
import { BETAS, eventOf, FIRST_BETA } from './events.ts'
import type { NamesModel } from './model.ts'

/** Tokens of a name at most. */
const LONGEST = 14

/** Answers between two lessons, and the updates of each. */
const EVERY = 4
const UPDATES = 4

/** Updates that show over-optimisation. */
const OVER_OPTIMISING = 40

/** Names that rewards are standardised on, names that are shown, and names that a question is chosen from. */
const REFERENCE = 256
const SHOWN = 12
const CANDIDATES = 16

/** Three letters at a time and few units, since answers are few. */
const rewardForm = { window: 3, embedding: 8, hidden: [16], scalar: 'sum' } as const

const fitting = { ...fitRewardConfig, steps: 120, batch: 16 }

/** Of the policy after so many updates. */
export interface NamesMetrics {
  readonly update: number
  /** mean score of a name by the reward model, in standard deviations of the reference */
  readonly proxy: number
  /** exact KL(π ‖ ρ) of a name, in nats */
  readonly kl: number
  readonly beta: number
}

/** A session about names, as one value. */
export interface NamesTeaching {
  /** letters of what the visitor did: see `eventOf` */
  readonly events: string
  readonly answers: number
  readonly comparisons: readonly Comparison[]
  readonly question: readonly [Sequence, Sequence]
  readonly reward: { readonly params: RewardParams; readonly scale: Scale } | null
  readonly state: LanguageState
  readonly metrics: readonly NamesMetrics[]
  /** what is to be learned before the next question */
  readonly due: { readonly fit: boolean; readonly updates: number }
  readonly previous: NamesTeaching | null
}

/** What a page shows of it, as plain data. */
export interface NamesShown {
  readonly events: string
  readonly answers: number
  /** answers until the next lesson */
  readonly untilLesson: number
  /** place of the dial in `BETAS` */
  readonly beta: number
  readonly isLearning: boolean
  readonly hasReward: boolean
  readonly question: readonly [string, string]
  readonly metrics: readonly NamesMetrics[]
  /** names by the same random numbers: of the reference, and of the policy now */
  readonly before: readonly string[]
  readonly now: readonly string[]
  /** SHA-256 of the events, the policy with its optimiser, and the reward model */
  readonly hash: string
}

/** The steps of a session about names. */
export interface NamesTeacher {
  readonly start: NamesTeaching
  readonly isLearning: (teaching: NamesTeaching) => boolean
  /** The session after an event. @throws RangeError while something is to be learned */
  readonly after: (teaching: NamesTeaching, letter: string) => NamesTeaching
  /** One fit, or one update. */
  readonly learn: (teaching: NamesTeaching) => NamesTeaching
  readonly shown: (teaching: NamesTeaching) => NamesShown
}

/** Of all pairs of different names, the one whose rewards are nearest, or the first one without a reward. */
const nearest = (
  names: readonly Sequence[],
  rewards: readonly number[] | null,
): readonly [Sequence, Sequence] | null => {
  let best: readonly [Sequence, Sequence] | null = null
  let least = Infinity
  for (let i = 0; i < names.length; i++)
    for (let j = i + 1; j < names.length; j++) {
      if (isSame(names[i]!, names[j]!) || names[i]!.length === 0 || names[j]!.length === 0) continue
      const apart = rewards === null ? 0 : Math.abs(rewards[i]! - rewards[j]!)
      if (apart < least) [best, least] = [[names[i]!, names[j]!], apart]
    }
  return best
}

/** A session about names in which all follows from the model, the seed and the events. */
export const namesTeacher = (
  { model, reference }: Pick<NamesModel, 'model' | 'reference'>,
  seed: number,
): NamesTeacher => {
  const { vocabulary } = model
  const keyOf = (purpose: number): Key => foldIn(key(seed), purpose)
  const [askKey, showKey, fitKey] = [keyOf(1), keyOf(2), keyOf(3)]
  const write = decode(vocabulary)

  const rewarding = rewardModel(vocabulary, rewardForm)
  const scores = rewardScores(rewarding)
  const fit = fitReward(fitting, rewarding)
  const write256 = generate(model, { count: REFERENCE, longest: LONGEST })
  const tokensOf = (some: ReturnType<typeof write256>) => some.map(({ tokens }) => tokens)
  const ofReference = tokensOf(write256(reference, keyOf(4)))
  const ask = generate(model, { count: CANDIDATES, longest: LONGEST })
  const show = generate(model, { count: SHOWN, longest: LONGEST })

  // The score of the environment is that of the session that learns, set just before it does.
  let reward: NamesTeaching['reward'] = null
  const env = languageEnvironment(
    vocabulary,
    { window: model.config.window, longest: LONGEST },
    (tokens) =>
      reward === null ? 0 : standardised(reward.scale)(scores(reward.params, [tokens])[0]!),
  )
  const config = languagePpoConfig(model, 1)
  const parts = languagePpo.parts(config, env)
  const iterate = iterateLanguage({ beta: 0, adaptive: null }, parts, model, reference)

  const policyOf = ({ state }: Pick<NamesTeaching, 'state'>) =>
    toLanguageModel(state.run.learner.params)

  const questionOf = (
    teaching: Pick<NamesTeaching, 'state' | 'reward' | 'events'>,
  ): readonly [Sequence, Sequence] => {
    const own = foldIn(askKey, teaching.events.length)
    const rewardsOf = (names: readonly Sequence[]) =>
      teaching.reward === null ? null : scores(teaching.reward.params, names)
    const names = tokensOf(ask(policyOf(teaching), own))
    const others = tokensOf(ask(reference, own))
    // A policy that writes one name alone is asked about beside the reference.
    return (
      nearest(names, rewardsOf(names)) ??
      nearest([...names, ...others], null) ?? [ofReference[0]!, ofReference[1]!]
    )
  }

  const begun = {
    events: '',
    reward: null,
    state: {
      run: fromLanguageModel(config, languagePpo.init(parts)(keyOf(0)), reference),
      beta: BETAS[FIRST_BETA]!,
    },
  }
  const isLearning = ({ due }: NamesTeaching): boolean => due.fit || due.updates > 0

  const before = tokensOf(show(reference, showKey)).map(write)

  return {
    start: {
      ...begun,
      answers: 0,
      comparisons: [],
      question: questionOf(begun),
      metrics: [],
      due: { fit: false, updates: 0 },
      previous: null,
    },

    isLearning,

    after: (teaching, letter) => {
      if (isLearning(teaching))
        throw new RangeError('teaching: expected one that has nothing to learn, got one that has')
      const event = eventOf(letter)
      const next = { ...teaching, events: teaching.events + letter, previous: teaching }
      if (event.kind !== 'answer') {
        const beta = event.kind === 'beta' ? BETAS[event.place]! : 0
        const updates =
          teaching.reward === null ? 0 : event.kind === 'beta' ? UPDATES : OVER_OPTIMISING
        return { ...next, state: { ...teaching.state, beta }, due: { fit: false, updates } }
      }
      const [first, second] = teaching.question
      const comparisons =
        event.answer === null
          ? teaching.comparisons
          : [
              ...teaching.comparisons,
              { ranked: event.answer === 'first' ? [first, second] : [second, first] },
            ]
      const answers = teaching.answers + 1
      const isLesson = answers % EVERY === 0 && comparisons.length > 0
      const due = { fit: isLesson, updates: isLesson ? UPDATES : 0 }
      return { ...next, answers, comparisons, due, question: questionOf(next) }
    },

    learn: (teaching) => {
      const { due, comparisons, state } = teaching
      if (due.fit) {
        const own = foldIn(fitKey, teaching.answers)
        const { params } = fit(rewarding.init(fitKey), comparisons, own)
        const scale = scaleOf(scores(params, ofReference))
        return { ...teaching, reward: { params, scale }, due: { ...due, fit: false } }
      }
      reward = teaching.reward
      const [{ score, kl, beta, update }, next] = iterate(state)
      const learned = {
        ...teaching,
        state: next,
        metrics: [...teaching.metrics, { update, proxy: score, kl, beta }],
        due: { fit: false, updates: due.updates - 1 },
      }
      return learned.due.updates > 0 ? learned : { ...learned, question: questionOf(learned) }
    },

    shown: (teaching) => {
      const { events, answers, question, metrics, state } = teaching
      const params = teaching.reward?.params.flat
      return {
        events,
        answers,
        untilLesson: EVERY - (answers % EVERY),
        beta: BETAS.indexOf(state.beta),
        isLearning: isLearning(teaching),
        hasReward: teaching.reward !== null,
        question: [write(question[0]), write(question[1])],
        metrics,
        before,
        now: tokensOf(show(policyOf(teaching), showKey)).map(write),
        hash: sessionHash(events, state.run.learner, params === undefined ? [] : [params]),
      }
    },
  }
}

/** The session before its last `count` events, as it was. */
const back = (teaching: NamesTeaching, count: number): NamesTeaching => {
  let at = teaching
  for (let i = 0; i < count && at.previous !== null; i++) at = at.previous
  return at
}

/**
 * The way from a session to the one with other events: back to where both part, and on from there, one fit or
 * update at a time.
 *
 * @returns each session on the way; the last one has nothing to learn
 */
export function* namesTo(
  { isLearning, after, learn }: NamesTeacher,
  from: NamesTeaching,
  events: string,
): Generator<NamesTeaching, void, undefined> {
  let common = 0
  while (common < from.events.length && from.events[common] === events[common]) common++
  let at = back(from, from.events.length - common)
  yield at
  for (let next = common; isLearning(at) || next < events.length;) {
    at = isLearning(at) ? learn(at) : after(at, events[next++]!)
    yield at
  }
}
