import * as E from 'fp-ts/lib/Either.js'
import type { Environment, Outcome } from '../../env/environment.ts'
import { envStepper, type EnvState } from '../../env/wrapper/vectorise.ts'
import { closedChoice } from '../../env/mask.ts'
import { showThrown } from '../../env/show.ts'
import { choices } from '../../env/space.ts'
import { shown } from '../../tensor/shown.ts'
import type { ActionLog, LoggedEpisode } from './actionLog.ts'
import { columnsOf, unpackStep } from './packed.ts'

/** A state of an episode, with the action and the outcome that led to it; both are null at the start. */
export interface Moment<S> {
  readonly state: S
  readonly action: readonly number[] | null
  readonly outcome: Outcome | null
  /** the rewards so far */
  readonly return: number
  /** the steps so far */
  readonly length: number
}

/** Where a replayed episode differs from the recorded one. */
export interface ReplayError {
  /** the step, from 0, or the length where all were taken */
  readonly step: number
  readonly problem: string
}

const fits = (env: Environment<unknown>, { columns }: Pick<ActionLog, 'columns'>): boolean =>
  (['f32', 'f64'] as const).some(
    (dtype) => columnsOf(env.actionSpace, dtype).join() === columns.join(),
  )

/** Where the outcome of step t cannot be that of the episode. */
const endProblem = (
  { terminated, truncated }: Outcome,
  t: number,
  { length }: LoggedEpisode,
): string | null => {
  const isOver = terminated || truncated
  if (isOver === (t === length - 1)) return null
  return isOver
    ? `expected ${length} steps as recorded, it ended after ${t + 1}`
    : `expected it to end after ${length} steps as recorded, but it continues`
}

/**
 * Replays a recorded episode without a policy, and yields its states in order: the first one, and one after
 * each step.
 *
 * @param log says how the episode's actions are to be read, and in which environment if it has `env`
 * @returns Right if each action was allowed, the episode ended at the same step, and its rewards have the same sum, to the bit; otherwise Left with the first difference, also if the environment throws
 */
export function* replayEpisode<S>(
  env: Environment<S>,
  log: Pick<ActionLog, 'columns' | 'bound'> & Partial<Pick<ActionLog, 'env'>>,
  episode: LoggedEpisode,
): Generator<Moment<S>, E.Either<ReplayError, void>, void> {
  const differs = (step: number, problem: string) => E.left<ReplayError>({ step, problem })
  if (log.env !== undefined && log.env !== env.name)
    return differs(0, `expected the environment ${shown(log.env)}, got ${shown(env.name)}`)
  if (!fits(env as Environment<unknown>, log))
    return differs(0, `expected actions of ${env.name}, got those of another environment`)
  let slot: EnvState<S>
  let live: ReturnType<typeof envStepper<S>>
  try {
    live = envStepper(env, log.bound)
    slot = live.start(episode.key, 0)
  } catch (error) {
    return differs(0, showThrown(error))
  }
  yield { state: slot.state, action: null, outcome: null, return: 0, length: 0 }
  const mask = new Uint8Array(choices(env.actionSpace))
  for (let t = 0; t < episode.length; t++) {
    const action = unpackStep(log.columns, episode.actions, t)
    let outcome: Outcome
    try {
      live.actionMask?.(slot.state, mask, 0, 0)
      const closed = live.actionMask === null ? null : closedChoice(env.actionSpace, action, mask)
      if (closed !== null)
        return differs(
          t,
          `expected an allowed choice, got ${closed}, which the actionMask excludes`,
        )
      ;[outcome, slot] = live.step(slot, action, 0, 0)
    } catch (error) {
      return differs(t, showThrown(error))
    }
    yield { state: slot.state, action, outcome, return: slot.return, length: slot.length }
    const problem = endProblem(outcome, t, episode)
    if (problem !== null) return differs(t, problem)
  }
  return slot.return === episode.return
    ? E.right(undefined)
    : differs(episode.length, `expected return ${episode.return} as recorded, got ${slot.return}`)
}
