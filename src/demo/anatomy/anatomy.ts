import type { TrainState } from '../../algo/learner.ts'
import { updatesOf } from '../../algo/ppo/config.ts'
import { stages, type Parts } from '../../algo/ppo/iterate.ts'
import { ratesAt } from '../../algo/ppo/rates.ts'
import type { Rollout } from '../../algo/rollout.ts'
import { runSync, wait, type Task } from '../../engine/task.ts'
import { f64 } from '../../math/real.ts'
import { split } from '../../random/key.ts'
import { CLIP_CASES, clipCase } from '../../rl/loss/clipCase.ts'
import { truncation } from '../../rl/truncation.ts'
import { whiten } from '../../rl/whiten.ts'
import { data, size } from '../../tensor/tensor.ts'

/** Points that are shown of an update at most, and steps of an episode. */
const MOST_POINTS = 480
const MOST_STEPS = 128

/** A stretch of one episode, a number per step. */
export interface EpisodeShown {
  readonly reward: Float32Array
  readonly value: Float32Array
  /** V of the state after each step */
  readonly nextValue: Float32Array
  readonly terminated: Uint8Array
  readonly truncated: Uint8Array
}

/** An update from the inside, as plain data. */
export interface Anatomy {
  /** the update that is looked at; updates are counted from 1 */
  readonly update: number
  /** ε of this update */
  readonly clip: number
  readonly gamma: number
  readonly lambda: number
  readonly epochs: number
  readonly learningRate: number
  /** r = π(a|s) / π_old(a|s) of some samples, with π the policy that the update leads to */
  readonly ratio: Float32Array
  /** Â of the same samples, as the objective weighs it */
  readonly advantage: Float32Array
  /** how many of all samples are of each of the six cases, in the order of `CLIP_CASES` */
  readonly cases: readonly number[]
  readonly episode: EpisodeShown
}

/** Where the longest stretch of an episode is in a rollout: its environment, and its first and last step. */
const longestStretch = ({ trajectory }: Rollout): readonly [number, number, number] => {
  const [steps, envs] = trajectory.reward.shape
  const [over, off] = [data(trajectory.terminated), data(trajectory.truncated)]
  let best: readonly [number, number, number] = [0, 0, 0]
  for (let env = 0; env < envs; env++)
    for (let [t, from] = [0, 0]; t < steps; t++) {
      const at = t * envs + env
      const isEnd = over[at] === 1 || off[at] === 1
      if (t - from > best[2] - best[1]) best = [env, from, t]
      if (isEnd) from = t + 1
    }
  const [env, from, to] = best
  return [env, Math.max(from, to - MOST_STEPS + 1), to]
}

const shownEpisode = (
  rollout: Rollout,
  kind: Parts<unknown>['config']['truncation'],
  gamma: number,
): EpisodeShown => {
  const [env, from, to] = longestStretch(rollout)
  const steps = truncation(kind, gamma)(rollout.trajectory)
  const [, envs] = steps.reward.shape
  const column = (x: typeof steps.reward): number[] =>
    Array.from({ length: to - from + 1 }, (_, i) => data(x)[(from + i) * envs + env]!)
  return {
    reward: Float32Array.from(column(steps.reward)),
    value: Float32Array.from(column(steps.value)),
    nextValue: Float32Array.from(column(steps.nextValue)),
    terminated: Uint8Array.from(column(steps.terminated)),
    truncated: Uint8Array.from(column(steps.truncated)),
  }
}

/**
 * The next update of a run, and what it does to each sample: computed beside the run, which it does not
 * change. At the end of a run it is one more update at the rates of the last one.
 *
 * @param parts parts of the config that the run trains with, on the caller's thread
 */
export const anatomyOf = (parts: Parts<unknown>, state: TrainState<unknown>): Anatomy => {
  const { config, policy } = parts
  const { act, shape, estimate, learn } = stages(config, parts)
  const { learner } = state
  const update = Math.min(state.update, updatesOf(config) - 1)
  const [actKey, learnKey] = split(state.key, 3)

  const updated = function* (): Task<Anatomy> {
    const [acted] = yield* wait(
      act(learner.params, actKey, learner.normaliser, state.update)(state.envState),
    )
    const [shaped] = shape(acted, learner.normaliser)
    const samples = estimate(shaped.trajectory)
    const [, next] = yield* wait(learn(samples, learnKey, update, shaped)(learner))

    const { observation, actionMask = null, action, oldLogProb } = samples
    const [{ dist }] = policy.forward(next.params, observation, actionMask)
    const [now, old] = [data(dist.logProb(action)), data(oldLogProb)]
    const weighed =
      config.advantage.normalise === 'minibatch'
        ? whiten(config.advantage)(samples.advantage)
        : samples.advantage
    const advantages = data(weighed)
    const { clip, learningRate } = ratesAt(config, update, learner.adaptive)

    const n = size(oldLogProb)
    const stride = Math.ceil(n / MOST_POINTS)
    const [ratio, advantage]: [number[], number[]] = [[], []]
    const cases = CLIP_CASES.map(() => 0)
    for (let i = 0; i < n; i++) {
      const r = f64.exp(now[i]! - old[i]!)
      cases[clipCase(r, advantages[i]!, clip)]!++
      if (i % stride !== 0) continue
      ratio.push(r)
      advantage.push(advantages[i]!)
    }
    return {
      update: update + 1,
      clip,
      gamma: config.gamma,
      lambda: config.lambda,
      epochs: config.epochs,
      learningRate,
      ratio: Float32Array.from(ratio),
      advantage: Float32Array.from(advantage),
      cases,
      episode: shownEpisode(shaped, config.truncation, config.gamma),
    }
  }
  return runSync(updated())
}
