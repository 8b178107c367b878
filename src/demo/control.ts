import * as E from 'fp-ts/lib/Either.js'
import type { PpoConfig } from '../algo/ppo/config.ts'
import type { TrainingClient } from '../worker/training/connectTraining.ts'
import type { Problem } from '../worker/problem.ts'
import type { Refused } from '../worker/training/request.ts'
import type { Store } from './store.ts'
import type { Control, Run } from './view.ts'
import type { PageHandlers } from './worker.ts'

type Given = E.Either<Problem | Refused, void>

const said: (given: Given) => E.Either<string, void> = E.mapLeft(({ message }) => message)

/** Threads that leave a core to the page itself; more than one only where memory can be shared. */
export const threadsFor = (cores: number, isIsolated: boolean, shards: number): number =>
  isIsolated ? Math.max(1, Math.min(shards, cores - 1)) : 1

/**
 * The commands on the run.
 *
 * @param threads how many train; null: as many as there is room for
 */
export const controlOver = (
  client: TrainingClient<PageHandlers>,
  run: Store<Run>,
  threads: number | null,
): Control => ({
  start: async (config, claim = null) => {
    const { hardwareConcurrency } = navigator
    const started = await client.call('start', {
      config,
      threads:
        threads ?? threadsFor(hardwareConcurrency, crossOriginIsolated, config.settings.shards),
    })
    if (E.isRight(started)) run.set({ ...run.get(), claim })
    return said(started)
  },
  go: async (to) => said(await client.call('go', to)),
  pause: async () => said(await client.call('pause')),
  step: async () => said(await client.call('step')),
  goTo: async (update) => said(await client.call('goTo', update)),
  setSettings: async (change: Partial<PpoConfig>, at) => {
    const { config } = run.get()
    if (config === null) return E.left('run: expected a started run, got none')
    const forked = await client.call('fork', {
      settings: { ...config.settings, ...change },
      ...(at === undefined ? {} : { at }),
    })
    // What a link says of a run is not about its forks.
    if (E.isRight(forked)) run.set({ ...run.get(), claim: null })
    return said(forked)
  },
  pace: async (updatesPerSecond) => {
    run.set({ ...run.get(), pace: updatesPerSecond })
    await client.call('pace', updatesPerSecond)
  },
})
