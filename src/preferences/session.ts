import type { BackendChoice } from '../algo/agent.ts'
import type { TrainState } from '../algo/learner.ts'
import { updatesOf } from '../algo/ppo/config.ts'
import type { Parts } from '../algo/ppo/iterate.ts'
import type { Space } from '../env/space.ts'
import type { Key } from '../random/key.ts'
import type { RewardedClip } from './clip.ts'
import type { PreferencesConfig } from './config.ts'
import { preferencesOf, type Answer, type Pair } from './labeller.ts'
import {
  preferencesLearner,
  type PreferencesMetrics,
  type PreferencesState,
  type RoundMetrics,
} from './learner.ts'

/** A labeller's session: one answer at a time, each of which can be taken back. */
export interface Session<S> {
  readonly state: PreferencesState<S>
  /** pairs of the current round; none while the policy learns */
  readonly pairs: ReadonlyArray<Pair<RewardedClip>>
  /** answers so far to these pairs */
  readonly answers: readonly Answer[]
  /** all answers so far; with the seed and the config, they determine the session */
  readonly choices: readonly Answer[]
  /** the session before the last answer; null before the first */
  readonly previous: Session<S> | null
}

/**
 * What a session needs next: an answer (`choose`), a fit of the reward networks to the answers of a round
 * or an update of PPO (both by `learn`), or nothing.
 */
export type SessionPhase = 'choose' | 'fit' | 'update' | 'over'

/** What a call of `learn` did. */
export type Learned =
  | { readonly kind: 'fit'; readonly metrics: RoundMetrics }
  | { readonly kind: 'update'; readonly metrics: PreferencesMetrics }

/** The pure steps of a session. */
export interface SessionSteps<S> {
  /** The session before the first answer, from a state of PPO; the policy need not be untrained. */
  readonly start: (run: TrainState<S>, key: Key) => Session<S>
  readonly phase: (session: Session<S>) => SessionPhase
  /** @throws RangeError unless the phase is `choose` */
  readonly asked: (session: Session<S>) => Pair<RewardedClip>
  /** The session after an answer to `asked`. @throws RangeError unless the phase is `choose` */
  readonly choose: (session: Session<S>, answer: Answer) => Session<S>
  /** One fit, or one update. @throws RangeError unless the phase is `fit` or `update` */
  readonly learn: (session: Session<S>) => [Learned, Session<S>]
  /**
   * The session after answers to the questions that come up, and after all learning up to the next question.
   *
   * @throws RangeError when there are more answers than questions
   */
  readonly replay: (session: Session<S>, answers: readonly Answer[]) => Session<S>
}

/**
 * The session before its last `count` answers (a whole number >= 0), or before the first answer if
 * there are fewer.
 */
export const undo = <S>(session: Session<S>, count = 1): Session<S> => {
  let back = session
  for (let i = 0; i < count && back.previous !== null; i++) back = back.previous
  return back
}

/**
 * A session in which someone compares clips one pair at a time, and PPO learns in between. All of it is a
 * function of the state that it starts from, its key, its config and the answers, so that `replay` with
 * the same answers gives the same bits.
 *
 *     let session = start(ppo.init(parts)(key(1)), key(2))
 *     while (phase(session) !== 'over')
 *       if (phase(session) === 'choose') session = choose(session, await show(asked(session)))
 *       else [, session] = learn(session)
 *
 * @param parts those of PPO in the environment
 * @param how where the reward networks run, as for `ppo.parts`
 * @throws RangeError for a field of the config that is out of range
 */
export const sessionSteps = <S, A extends Space = Space>(
  config: PreferencesConfig,
  parts: Parts<S, A>,
  how: BackendChoice = 'auto',
): SessionSteps<S> => {
  const learner = preferencesLearner(config, parts, how)
  const updates = updatesOf(parts.config)

  const withQuestions = (session: Session<S>): Session<S> =>
    session.state.run.update < updates && learner.isDue(session.state)
      ? { ...session, pairs: learner.query(session.state), answers: [] }
      : { ...session, pairs: [], answers: [] }

  const phase = ({ state, pairs, answers }: Session<S>): SessionPhase => {
    if (pairs.length > 0) return answers.length < pairs.length ? 'choose' : 'fit'
    return state.run.update < updates ? 'update' : 'over'
  }

  const expectPhase = (session: Session<S>, ...expected: readonly SessionPhase[]): SessionPhase => {
    const found = phase(session)
    if (!expected.includes(found))
      throw new RangeError(`session: expected the phase ${expected.join(' or ')}, got ${found}`)
    return found
  }

  const choose = (session: Session<S>, answer: Answer): Session<S> => {
    expectPhase(session, 'choose')
    return {
      ...session,
      answers: [...session.answers, answer],
      choices: [...session.choices, answer],
      previous: session,
    }
  }

  const learn = (session: Session<S>): [Learned, Session<S>] => {
    if (expectPhase(session, 'fit', 'update') === 'fit') {
      const { state, pairs, answers } = session
      const [metrics, next] = learner.answer(state, preferencesOf(pairs, answers), pairs.length)
      return [
        { kind: 'fit', metrics },
        { ...session, state: next, pairs: [], answers: [] },
      ]
    }
    const [metrics, state] = learner.iterate(session.state)
    return [{ kind: 'update', metrics }, withQuestions({ ...session, state })]
  }

  const toQuestion = (session: Session<S>): Session<S> => {
    let next = session
    while (phase(next) === 'fit' || phase(next) === 'update') [, next] = learn(next)
    return next
  }

  return {
    start: (run, key) =>
      withQuestions({
        state: learner.init(run, key),
        pairs: [],
        answers: [],
        choices: [],
        previous: null,
      }),
    phase,
    asked: (session) => {
      expectPhase(session, 'choose')
      return session.pairs[session.answers.length]!
    },
    choose,
    learn,
    replay: (session, answers) =>
      answers.reduce((at, answer) => toQuestion(choose(at, answer)), toQuestion(session)),
  }
}
