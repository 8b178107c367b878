import * as E from 'fp-ts/lib/Either.js'
import type { Environment } from '../../env/environment.ts'
import { actionFlattener, clipForm, type Clip } from '../../preferences/clip.ts'
import { permutation } from '../../random/permutation.ts'
import { foldIn, key, split, type Key } from '../../random/key.ts'
import { recordEpisodes } from '../../run/episode/recordEpisodes.ts'
import { replayEpisode, type Moment } from '../../run/episode/replayEpisode.ts'
import { data, own } from '../../tensor/tensor.ts'
import type { Playing } from '../policy.ts'

/** A clip, and the states that it went through: that before its first step, then one after each. */
export interface SeenClip {
  readonly clip: Clip
  readonly moments: ReadonlyArray<Moment<unknown>>
}

/** Clips of one episode at most, so that a long one does not take all places. */
const AN_EPISODE = 10

const clipAt = (
  env: Environment<unknown>,
  moments: ReadonlyArray<Moment<unknown>>,
  flattened: ReturnType<typeof actionFlattener>,
): Clip => {
  const { features, actions } = clipForm(env, 1)
  const steps = moments.length - 1
  const seen = moments.slice(0, steps).flatMap(({ state }) => Array.from(env.observe(state)))
  const done = moments.slice(1).flatMap(({ action }) => flattened(action ?? [], 0))
  return {
    observation: own(['step', 'feature'], [steps, features], Float32Array.from(seen)),
    action: own(['step', 'action'], [steps, actions], Float32Array.from(done)),
    terminated: moments[steps]!.outcome?.terminated ?? false,
  }
}

const shuffled = <T>(order: Key, all: readonly T[]): readonly T[] =>
  Array.from(data(permutation(order, 'clip', all.length)), (i) => all[i]!)

/**
 * Pairs of clips from episodes of a policy whose actions are sampled: the same pairs each time.
 *
 * @param length steps of a clip; one whose episode terminates may have fewer
 * @throws RangeError where episodes are shorter than a clip, and none terminates
 */
export const clipPairs = (
  env: Environment<unknown>,
  { policy, trained }: Playing,
  count: number,
  length: number,
): ReadonlyArray<readonly [SeenClip, SeenClip]> => {
  const flattened = actionFlattener(env.actionSpace, policy.bound)
  const [playKey, cutKey, pairKey] = split(key(0), 3)
  const clips: SeenClip[] = []
  for (let episode = 0; clips.length < 2 * count && episode < 2 * count; episode++) {
    const log = recordEpisodes(env, policy, trained, {
      key: playKey,
      episodes: [episode],
      act: 'sample',
    })
    const playing = replayEpisode(env, log, log.episodes[0]!)
    const moments: Array<Moment<unknown>> = []
    let next = playing.next()
    for (; next.done !== true; next = playing.next()) moments.push(next.value)
    if (E.isLeft(next.value)) throw new RangeError(`${env.name}: ${next.value.left.problem}`)
    const own: SeenClip[] = []
    for (let from = 0; from + 1 < moments.length; from += length) {
      const part = moments.slice(from, from + length + 1)
      const isWhole = part.length === length + 1
      if (isWhole || part.at(-1)?.outcome?.terminated === true)
        own.push({ clip: clipAt(env, part, flattened), moments: part })
    }
    clips.push(...shuffled(foldIn(cutKey, episode), own).slice(0, AN_EPISODE))
  }
  if (clips.length < 2)
    throw new RangeError(
      `${env.name}: expected episodes that terminate or have at least ${length} steps, got shorter ones`,
    )
  const mixed = shuffled(pairKey, clips)
  return Array.from(
    { length: Math.min(count, Math.floor(mixed.length / 2)) },
    (_, i) => [mixed[2 * i]!, mixed[2 * i + 1]!] as const,
  )
}
