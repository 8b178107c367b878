import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  algorithms,
  type AnyMetrics,
  type AnyParts,
  type AnyState,
  type Settings,
} from '../../algo/algorithm.ts'
import { updatesOf } from '../../algo/configFields.ts'
import { attempt } from '../../algo/fault.ts'
import type { Environment } from '../../env/environment.ts'
import type { BackendName } from '../../kernel/backends.ts'
import { key } from '../../random/key.ts'
import { encodeCheckpoint, openCheckpoint } from '../../run/checkpoint.ts'
import { segmentsAfter, type RunConfig } from '../../run/config.ts'
import { firstLink, nextLink } from '../../run/hash.ts'
import { resume } from '../../run/resume.ts'

/** Where a run is, between two updates: its state, and the link of its chain. */
export interface Place {
  readonly state: AnyState<unknown>
  readonly link: string
}

/** Where and with what a run trains. */
export interface Machinery {
  readonly env: Environment<unknown>
  readonly backend: BackendName
  readonly threads: number
  /** the module that threads run */
  readonly worker?: { readonly href: string }
}

/** A run that moves an update at a time, forth and back. */
export interface Stepper {
  readonly config: RunConfig
  /** in all */
  readonly updates: number
  /** that train now */
  readonly threads: () => number
  readonly place: () => Place
  /** The parts that train now; never change what they return. */
  readonly parts: () => AnyParts<unknown>
  /** One update: its metrics, or null at the end of the run, or Left of the fault that stopped it. */
  readonly advance: () => Promise<E.Either<string, AnyMetrics | null>>
  /** Goes to a place where this run has been before. */
  readonly jump: (place: Place) => void
  /** A checkpoint of the place, which `openStepper` takes. */
  readonly checkpoint: (place: Place) => E.Either<string, Uint8Array>
  /** Ends its threads. */
  readonly stop: () => Promise<void>
}

interface Made {
  readonly settings: Settings
  readonly parts: AnyParts<unknown>
  readonly threads: number
  readonly stop: () => Promise<void>
}

const madeOf = async (
  { algorithm }: RunConfig,
  settings: Settings,
  { env, backend, threads, worker }: Machinery,
): Promise<Made> => {
  const found = algorithms[algorithm]
  if (threads === 1)
    return {
      settings,
      parts: found.parts(settings, env, backend),
      threads: 1,
      stop: () => Promise.resolve(),
    }
  const made = await found.threadedParts(settings, env, {
    threads,
    backend,
    ...(worker === undefined ? {} : { worker }),
  })
  return { settings, parts: made, threads: made.threads, stop: made.stop }
}

const settingsAfter = (config: RunConfig, update: number): Settings =>
  segmentsAfter(config, update)[0]!.settings

/** The place that a checkpoint is of. */
const placeIn = (parts: AnyParts<unknown>, bytes: Uint8Array): E.Either<string, Place> =>
  pipe(
    openCheckpoint(bytes),
    E.bindTo('stored'),
    E.bind('state', ({ stored }) => resume(parts)(stored)),
    E.flatMap(({ stored: { link }, state }) =>
      link === null
        ? E.left('checkpoint: expected one with a hash chain link, got one without')
        : E.right({ state, link }),
    ),
  )

const firstPlace = ({ algorithm, seed }: RunConfig, parts: AnyParts<unknown>): Place => {
  const state = algorithms[algorithm].init(parts, key(seed))
  return { state, link: firstLink(state.learner) }
}

/**
 * Opens a run at its beginning, or where a checkpoint was made of it.
 *
 * @returns Left where the checkpoint is damaged or one of a run that these settings do not fit
 * @throws RangeError when the config is not valid
 */
export const openStepper = async (
  config: RunConfig,
  machinery: Machinery,
  checkpoint: Uint8Array | null,
): Promise<E.Either<string, Stepper>> => {
  const { algorithm } = config
  const at = checkpoint === null ? E.right({ update: 0 }) : openCheckpoint(checkpoint)
  if (E.isLeft(at)) return at
  let made = await madeOf(config, settingsAfter(config, at.right.update), machinery)
  const start =
    checkpoint === null ? E.right(firstPlace(config, made.parts)) : placeIn(made.parts, checkpoint)
  if (E.isLeft(start)) {
    await made.stop()
    return start
  }
  let place = start.right

  type Updates = Iterator<[AnyMetrics, AnyState<unknown>], unknown>
  const from = (): Updates =>
    algorithms[algorithm].train(made.settings, made.parts, place.state)[Symbol.iterator]()
  let updates = from()

  /** Makes the parts for the place, if they are of other settings. */
  const prepare = async (): Promise<void> => {
    const settings = settingsAfter(config, place.state.update)
    if (settings === made.settings) return
    await made.stop()
    made = await madeOf(config, settings, machinery)
    updates = from()
  }

  return E.right({
    config,
    updates: updatesOf(config.settings),
    threads: () => made.threads,
    place: () => place,
    parts: () => made.parts,
    advance: async () => {
      await prepare()
      const step = attempt(() => updates.next())(undefined)
      if (E.isLeft(step)) return E.left(step.left.message)
      if (step.right.done === true) return E.right(null)
      const [metrics, state] = step.right.value
      place = { state, link: nextLink(place.link, metrics, state.learner) }
      return E.right(metrics)
    },
    jump: (to) => {
      place = to
      updates = from()
    },
    checkpoint: ({ state, link }) =>
      encodeCheckpoint({
        algorithm,
        config: settingsAfter(config, state.update),
        state,
        link,
        about: {},
      }),
    stop: () => made.stop(),
  })
}
