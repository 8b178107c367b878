import type { BackendChoice } from '../algo/agent.ts'
import { iteration } from '../algo/iteration.ts'
import type { OptimState, TrainState } from '../algo/learner.ts'
import type { UpdateMetrics } from '../algo/ppo/algorithm.ts'
import { updatesOf } from '../algo/ppo/config.ts'
import { stages as stagesOf, type Metrics, type Parts } from '../algo/ppo/iterate.ts'
import type { Rollout } from '../algo/rollout.ts'
import { runSync } from '../engine/task.ts'
import { width, type Space } from '../env/space.ts'
import { foldIn, split, type Key } from '../random/key.ts'
import { uniformAt } from '../random/uniform.ts'
import { allocate, data, ownLike } from '../tensor/tensor.ts'
import { actionFlattener, clipForm, clipsOf, type Clip, type RewardedClip } from './clip.ts'
import { mostDisputed, rewardEnsemble, type FitSummary, type RewardEnsemble } from './ensemble.ts'
import { labelSchedule } from './labelSchedule.ts'
import { ask, type Labeller, type Pair, type Preference } from './labeller.ts'
import { checkedPreferences, type PreferencesConfig } from './config.ts'
import { rewardNetwork } from './rewardNetwork.ts'
import { writeStep } from './stepInputs.ts'

/** A run that learns from preferences, as one value. */
export interface PreferencesState<S> {
  readonly run: TrainState<S>
  readonly key: Key
  /** all clips so far, the earliest first */
  readonly history: readonly RewardedClip[]
  readonly preferences: readonly Preference[]
  /** number of pairs that a labeller was asked about */
  readonly asked: number
  /** label rounds done */
  readonly rounds: number
  readonly ensemble: RewardEnsemble
}

/** The results of a label round. */
export interface RoundMetrics extends FitSummary {
  /** preferences so far */
  readonly labels: number
  /** share of the new preferences that the ensemble had predicted; NaN where there are none */
  readonly foreseen: number
}

/** The metrics of an update. Its episodes report the environment's rewards, from which nothing is learned. */
export interface PreferencesMetrics extends Metrics {
  /** mean of the standardised prediction over the steps of the update */
  readonly predictedReward: number
}

/** A rollout without the rewards of the environment. */
type BlindRollout = Omit<Rollout, 'trajectory'> & {
  readonly trajectory: Omit<Rollout['trajectory'], 'reward'>
}

/** Two different numbers below n, the draws 2i and 2i + 1 of a key. */
const twoOf = (key: Key, i: number, n: number): readonly [number, number] => {
  const first = Math.floor(uniformAt(key, 2 * i) * n)
  const other = Math.floor(uniformAt(key, 2 * i + 1) * (n - 1))
  return [first, other < first ? other : other + 1]
}

/** The steps of learning from preferences, as functions from state to state. */
export interface PreferencesLearner<S> {
  /**
   * The first state. The policy of a run, which may already be trained, acts for `rollouts` updates without
   * learning, so that there are clips to compare.
   *
   * @throws RangeError if that gives fewer than two clips
   */
  readonly init: (run: TrainState<S>, key: Key) => PreferencesState<S>
  /** Whether a label round comes before the next update. */
  readonly isDue: (state: PreferencesState<S>) => boolean
  /**
   * The pairs to ask about: of `candidates` times as many, drawn from all clips so far, those that the
   * members of the ensemble disagree most about.
   */
  readonly query: (state: PreferencesState<S>) => ReadonlyArray<Pair<RewardedClip>>
  /** The key that a labeller's own randomness comes from. */
  readonly askKey: (state: PreferencesState<S>) => Key
  /**
   * The state after a round: with new preferences, and an ensemble that was fitted to all of them.
   *
   * @param asked pairs of this round, those without an answer included
   */
  readonly answer: (
    state: PreferencesState<S>,
    added: readonly Preference[],
    asked?: number,
  ) => [RoundMetrics, PreferencesState<S>]
  /** One iteration of PPO on the standardised prediction. Its clips are added to the history. */
  readonly iterate: (state: PreferencesState<S>) => [PreferencesMetrics, PreferencesState<S>]
}

/**
 * The pure functions with which PPO learns from preferences: Christiano et al. 2017, arXiv:1706.03741.
 *
 *     let state = init(ppo.init(parts)(key(1)), key(2))
 *     while (state.run.update < updates) {
 *       if (isDue(state)) [, state] = answer(state, ask(labeller, query(state), askKey(state)))
 *       ;[, state] = iterate(state)
 *     }
 *
 * @param parts those of PPO in the environment
 * @param how where the reward networks run, as for `ppo.parts`
 * @throws RangeError for a field of the config that is out of range
 */
export const preferencesLearner = <S, A extends Space = Space>(
  config: PreferencesConfig,
  parts: Parts<S, A>,
  how: BackendChoice = 'auto',
): PreferencesLearner<S> => {
  checkedPreferences(config)
  const { env, config: ppoConfig, policy } = parts
  const form = clipForm(env.env, config.clip)
  const cut = clipsOf(env.env, config.clip, policy.bound)
  const flattened = actionFlattener(env.env.actionSpace, policy.bound)
  const columns = width(env.env.actionSpace)
  const ensembles = rewardEnsemble(rewardNetwork(form, config.hidden), config.members, how)
  const fit = ensembles.fit(config.fit)
  const stages = stagesOf(ppoConfig, parts)
  const labelsBy = labelSchedule(config, updatesOf(ppoConfig))

  const clipAt = (history: readonly RewardedClip[], key: Key, i: number): RewardedClip =>
    history[Math.floor(uniformAt(key, i) * history.length)]!

  const referenceOf = (history: readonly RewardedClip[], key: Key): readonly Clip[] =>
    Array.from({ length: config.reference }, (_, i) => clipAt(history, key, i))

  const expectClips = (history: readonly RewardedClip[]): void => {
    if (history.length < 2)
      throw new RangeError(
        `clip: expected clips so short that the rollouts so far contain two, got ${config.clip} steps and ${history.length} clips`,
      )
  }

  /** Four keys of a round: candidates, the labeller, the reference, and the fit. */
  const keysOf = ({ key, rounds }: Pick<PreferencesState<S>, 'key' | 'rounds'>) =>
    split(foldIn(key, rounds), 4)

  const predicted = (ensemble: RewardEnsemble, rollout: BlindRollout): Float64Array => {
    const observation = data(rollout.rawObservation ?? rollout.trajectory.observation)
    const action = data(rollout.trajectory.action)
    return ensembles.rewards(ensemble, ppoConfig.envs * ppoConfig.steps, (out, to, row) =>
      writeStep(
        out,
        to,
        form,
        ensemble.scale,
        observation,
        row * form.features,
        flattened(action, row * columns),
        0,
      ),
    )
  }

  return {
    init: (run, key) => {
      const [actKey, ensembleKey, roundKey] = split(key, 3)
      const { params, normaliser } = run.learner
      let { envState } = run
      const history: RewardedClip[] = []
      for (let i = 0; i < config.rollouts; i++) {
        const [acted, next] = parts.rollout(params, foldIn(actKey, i), normaliser)(envState)
        history.push(...cut(acted))
        envState = next
      }
      expectClips(history)
      const [initKey, referenceKey] = split(ensembleKey, 2)
      return {
        run: { ...run, envState },
        key: roundKey,
        history,
        preferences: [],
        asked: 0,
        rounds: 0,
        ensemble: ensembles.init(initKey, referenceOf(history, referenceKey)),
      }
    },

    isDue: ({ run, asked }) => asked < labelsBy(run.update),

    query: (state) => {
      const { history, ensemble, run, asked } = state
      const [key] = keysOf(state)
      const count = labelsBy(run.update) - asked
      const pairs = Array.from({ length: count * config.candidates }, (_, i) => {
        const [first, second] = twoOf(key, i, history.length)
        return { first: history[first]!, second: history[second]! }
      })
      return mostDisputed(ensembles.probabilities(ensemble, pairs), pairs, count)
    },

    askKey: (state) => keysOf(state)[1],

    answer: (state, added, asked = added.length) => {
      const [, , referenceKey, fitKey] = keysOf(state)
      const preferences = [...state.preferences, ...added]
      const next = { ...state, preferences, asked: state.asked + asked, rounds: state.rounds + 1 }
      const chances = ensembles.probabilities(
        state.ensemble,
        added.map(({ chosen, rejected }) => ({ first: chosen, second: rejected })),
      )
      const foreseen = added.filter(
        (_, i) => chances.reduce((sum, each) => sum + each[i]!, 0) / config.members > 0.5,
      ).length
      const metrics = { labels: preferences.length, foreseen: foreseen / added.length }
      if (preferences.length === 0) return [{ ...metrics, loss: NaN }, next]
      const reference = referenceOf(state.history, referenceKey)
      const [summary, ensemble] = fit(preferences, reference, fitKey)
      return [
        { ...metrics, ...summary },
        { ...next, ensemble },
      ]
    },

    iterate: (state) => {
      let clips: readonly RewardedClip[] = []
      let mean = NaN
      const next = iteration<S, OptimState, UpdateMetrics>(ppoConfig, {
        ...stages,
        shape: (acted, normaliser) => {
          clips = cut(acted)
          const { trajectory } = acted
          const rewards = predicted(state.ensemble, acted)
          mean = rewards.reduce((sum, r) => sum + r, 0) / rewards.length
          const reward = allocate(trajectory.reward.dtype, rewards.length)
          reward.set(rewards)
          return stages.shape(
            { ...acted, trajectory: { ...trajectory, reward: ownLike(trajectory.reward, reward) } },
            normaliser,
          )
        },
      })
      const [metrics, run] = runSync(next(state.run))
      return [
        { ...metrics, predictedReward: mean },
        { ...state, run, history: [...state.history, ...clips] },
      ]
    },
  }
}

/** The metrics of an update, and of the label round before it, if any. */
export type PreferencesUpdate<S> = readonly [
  metrics: PreferencesMetrics & { readonly round: RoundMetrics | null },
  state: PreferencesState<S>,
]

/** Learning from a synchronous labeller. */
export interface PreferencesTraining<S> {
  readonly init: PreferencesLearner<S>['init']
  readonly train: (start: PreferencesState<S>) => Generator<PreferencesUpdate<S>, void, undefined>
}

/**
 * Learns to the end of PPO's run, from any state of it, asking a labeller whenever a round is due.
 */
export const trainOnPreferences = <S, A extends Space = Space>(
  config: PreferencesConfig,
  parts: Parts<S, A>,
  labeller: Labeller,
  how: BackendChoice = 'auto',
): PreferencesTraining<S> => {
  const learner = preferencesLearner(config, parts, how)
  const updates = updatesOf(parts.config)
  const train = function* (
    start: PreferencesState<S>,
  ): Generator<PreferencesUpdate<S>, void, undefined> {
    for (let state = start; state.run.update < updates;) {
      let round: RoundMetrics | null = null
      if (learner.isDue(state)) {
        const pairs = learner.query(state)
        const added = ask(labeller, pairs, learner.askKey(state))
        ;[round, state] = learner.answer(state, added, pairs.length)
      }
      const [metrics, next] = learner.iterate(state)
      state = next
      yield [{ ...metrics, round }, state]
    }
  }
  return { init: learner.init, train }
}
