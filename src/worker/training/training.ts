import * as E from 'fp-ts/lib/Either.js'
import type { AnyParts, AnyState, Settings } from '../../algo/algorithm.ts'
import type { Environment } from '../../env/environment.ts'
import type { RunConfig } from '../../run/config.ts'
import { encodeTrained } from '../../run/policy/policySnapshot.ts'
import type { Call } from '../handlers.ts'
import { transfer } from '../transfer.ts'
import type { PolicyBytes, Progress } from './progress.ts'
import { refused, type Answer, type SessionOptions, type StartRequest } from './request.ts'
import { openSession } from './session.ts'
import { watch, type WatchOptions } from './watch.ts'

/** The run of a worker, between two updates. */
export interface Current {
  readonly config: RunConfig
  readonly env: Environment<unknown>
  readonly parts: AnyParts<unknown>
  readonly state: AnyState<unknown>
  readonly link: string
}

/** Training in a worker: its handlers for `serve`, and its run for your own handlers. */
export type Training = ReturnType<typeof training>

/** The handlers of a worker that trains, as a type for `connect`. */
export type TrainingHandlers = Training['handlers']

/**
 * Makes handlers that train by any algorithm, an update at a time, and answer between the updates.
 *
 *     const { handlers, current } = training()
 *     serve({ ...handlers, mine: () => current()?.state.update })
 */
export const training = (options: SessionOptions = {}) => {
  const session = openSession(options)
  return {
    /** The current run, or null. Do not modify it. */
    current: (): Current | null => {
      const { stepper } = session.now()
      if (stepper === null) return null
      const parts = stepper.parts()
      const { state, link } = stepper.place()
      return { config: stepper.config, env: parts.env.env, parts, state, link }
    },

    handlers: {
      /** Starts a run, or continues one from a checkpoint. It replaces the current run. */
      start: (request: StartRequest): Promise<Answer<void>> => session.start(request),

      /** Continues training, to the end of the run or to an update. */
      go: (to?: number): Promise<Answer<void>> => session.go(to ?? null),

      /** Stops after the current update. */
      pause: (): Promise<Answer<void>> => session.pause(),

      /** Trains one update. */
      step: (): Promise<Answer<void>> => session.step(),

      /** Limits the speed to so many updates per second; null: as fast as it can. */
      pace: (updatesPerSecond: number | null): void => session.pace(updatesPerSecond),

      /** Goes to a kept update, and waits there. */
      goTo: (update: number): Promise<Answer<void>> => session.goTo(update),

      /** Changes settings, from a kept update or from the current one. */
      fork: ({
        settings,
        at,
      }: {
        readonly settings: Settings
        readonly at?: number
      }): Promise<Answer<void>> => session.fork(settings, at ?? null),

      /** Everything that changes, at most once a frame of the display. */
      watch: (given: WatchOptions | undefined, { signal }: Call): AsyncGenerator<Progress> =>
        watch(session, given ?? {}, signal),

      /** The policy of a kept update. */
      policy: (update: number): Answer<PolicyBytes> => {
        const place = session.now().kept.entries.get(update)
        if (place === undefined) return refused(`update: expected a kept update, got ${update}`)
        const bytes = encodeTrained(place.state.learner)
        return transfer(E.right({ update, bytes }), [bytes.buffer])
      },

      /** A checkpoint of the run, from which `start` and `proximal train --resume` can continue. */
      checkpoint: (): Answer<Uint8Array> => {
        const { stepper } = session.now()
        if (stepper === null) return refused('run: expected a started run, got none')
        const bytes = stepper.checkpoint(stepper.place())
        return E.isLeft(bytes)
          ? refused(bytes.left)
          : transfer(E.right(bytes.right), [bytes.right.buffer])
      },
    },
  }
}
