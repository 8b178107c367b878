import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect } from 'vitest'
import { updatesOf } from '../../src/algo/configFields.ts'
import type { PpoConfig } from '../../src/algo/ppo/config.ts'
import { parts, presets } from '../../src/ppo.ts'
import { cartPole } from '../../src/env/index.ts'
import type { RunConfig } from '../../src/run/config.ts'
import { forkConfig } from '../../src/run/fork.ts'
import { firstLink, nextLink } from '../../src/run/hash.ts'
import { wholeRun } from '../../src/run/segments.ts'
import {
  connectTraining,
  newRun,
  training,
  type RunView,
  type TrainingClient,
  type TrainingHandlers,
} from '../../src/worker/index.ts'
import { keep, keptUntil, nothingKept } from '../../src/worker/training/kept.ts'
import { workersOf } from './channel.ts'

const UPDATES = 6

const settings: PpoConfig = { ...presets.cleanrl, hidden: [8], totalSteps: UPDATES * 4 * 128 }

const config = newRun({ algorithm: 'ppo', env: 'cartpole', seed: 3, settings })

/** The links of a run, as Node computes them without any worker. */
const linksOf = (run: RunConfig): readonly string[] => {
  const links: string[] = []
  for (const [metrics, { learner }] of wholeRun(run, (s) => parts(s as PpoConfig, cartPole)))
    links.push(metrics === null ? firstLink(learner) : nextLink(links.at(-1)!, metrics, learner))
  return links
}

const links = linksOf(config)

const clients: TrainingClient<TrainingHandlers>[] = []

const open = () => {
  const { make, made } = workersOf(() => training().handlers)
  let heard: ((run: RunView) => void)[] = []
  const client = connectTraining(make, {
    watch: { everyMs: 0, checkpointMs: 0 },
    onRun: (run) => {
      for (const hear of heard) hear(run)
    },
  })
  clients.push(client)
  /** The first state of the run that is so. */
  const until = (is: (run: RunView) => boolean): Promise<RunView> =>
    new Promise((resolve) => {
      const hear = (run: RunView): void => {
        if (!is(run)) return
        heard = heard.filter((one) => one !== hear)
        resolve(run)
      }
      heard.push(hear)
      hear(client.run())
    })
  return { client, made, until }
}

afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})

describe('training in a worker', () => {
  test('comes to the same link as without one, and tells every update once', async () => {
    const { client, until } = open()
    expect(await client.call('start', { config })).toEqual(E.right(undefined))
    const run = await until(({ phase }) => phase === 'done')
    expect(run.link).toBe(links.at(-1))
    expect(run.links).toEqual(links)
    expect(run.history.map(({ update }) => update)).toEqual([1, 2, 3, 4, 5, 6])
    expect(run.updates).toBe(UPDATES)
    expect(run.policy?.update).toBe(UPDATES)
    expect(run.config).toEqual(config)
  })

  test('steps, stops at an update, and goes back to where it was before', async () => {
    const { client, until } = open()
    await client.call('start', { config, runs: false })
    const at = async (update: number) => {
      const run = await until((run) => run.update === update && /paused|done/.test(run.phase))
      expect(run.link).toBe(links[update])
      return run
    }
    await at(0)
    await client.call('step')
    await at(1)
    await client.call('go', 4)
    expect((await at(4)).phase).toBe('paused')
    await client.call('goTo', 2)
    expect((await at(2)).history.length).toBe(4)
    await client.call('go')
    expect((await at(UPDATES)).phase).toBe('done')
    await client.call('goTo', 0)
    await at(0)
  })

  test('forks with other settings to the run that Node makes of that config', async () => {
    const { client, until } = open()
    const changed = { ...settings, clip: 0.1, learningRate: 1e-3 }
    const forked = forkConfig(config, 3, changed)
    if (E.isLeft(forked)) throw new Error(forked.left)
    await client.call('start', { config })
    await until(({ phase }) => phase === 'done')
    expect(await client.call('fork', { settings: changed, at: 3 })).toEqual(E.right(undefined))
    const there = await until(({ update, phase }) => update === 3 && phase === 'paused')
    expect(there.history.length).toBe(3)
    expect(there.kept).toEqual([0, 1, 2, 3])
    await client.call('go')
    const run = await until(({ phase }) => phase === 'done')
    expect(run.config).toEqual(forked.right)
    expect(run.links).toEqual(linksOf(forked.right))
    expect(run.link).not.toBe(links.at(-1))
    await client.call('goTo', 1)
    await client.call('go')
    const again = await until(({ phase, update }) => phase === 'done' && update === UPDATES)
    expect(again.link).toBe(run.link)
  })

  test('refuses invalid requests, and the current run continues', async () => {
    const { client, until } = open()
    const refusal = async (answer: Promise<unknown>, message: RegExp) =>
      expect(await answer).toMatchObject(
        E.left({ kind: 'refused', message: expect.stringMatching(message) }),
      )
    await refusal(client.call('go'), /^run: expected a started run/)
    await client.call('start', { config, runs: false })
    await refusal(
      client.call('fork', { settings: { ...settings, clip: -1 } }),
      /^settings\.clip: expected a number > 0, got -1/,
    )
    await refusal(
      client.call('fork', { settings: { ...settings, hidden: [9] }, at: 4 }),
      /^at: expected a kept update, got 4/,
    )
    await refusal(client.call('goTo', 5), /^update: expected a kept update \(0\), got 5/)
    await refusal(
      client.call('start', { config: { ...config, env: 'cartpol' } }),
      /^env: expected the environment "cartpol"/,
    )
    await client.call('go', 1)
    await refusal(
      client.call('fork', { settings: { ...settings, hidden: [9] } }),
      /expected f32 \[/,
    )
    await client.call('go')
    expect((await until(({ phase }) => phase === 'done')).link).toBe(links.at(-1))
  })

  test.prop([fc.integer({ min: 1, max: UPDATES - 1 })], { numRuns: 4 })(
    'continues from its last state when its worker dies, to the same link',
    async (update) => {
      const { client, made, until } = open()
      await client.call('start', { config, runs: false })
      await client.call('go', update)
      await until((run) => run.update === update && run.phase === 'paused')
      made.at(-1)!.die('killed')
      await client.call('go')
      const run = await until(({ phase }) => phase === 'done')
      expect(run.links).toEqual(links)
      expect(run.history.map((metrics) => metrics.update)).toEqual([1, 2, 3, 4, 5, 6])
      expect(made.length).toBe(2)
      client.close()
    },
  )

  test('pauses within an update when it is asked to', async () => {
    const { client, until } = open()
    await client.call('pace', 1000)
    await client.call('start', {
      config: { ...config, settings: { ...settings, totalSteps: 10_000 * 4 * 128 } },
    })
    await until(({ update }) => update >= 2)
    await client.call('pause')
    const { update } = await until(({ phase }) => phase === 'paused')
    await client.call('checkpoint')
    expect(client.run().update).toBe(update)
    expect(updatesOf(settings)).toBe(UPDATES)
  })
})

describe('kept states', () => {
  test.prop([fc.integer({ min: 2, max: 20 }), fc.integer({ min: 0, max: 300 })])(
    'are at most as many as allowed, evenly apart from the start on',
    (most, updates) => {
      let kept = nothingKept<number>(most)
      for (let u = 0; u <= updates; u++) kept = keep(u, -u)(kept)
      const found = [...kept.entries]
      expect(found.length).toBeLessThanOrEqual(most)
      expect(found).toEqual(found.map((_, i) => [i * kept.every, -i * kept.every]))
      expect(updates - found.at(-1)![0]).toBeLessThan(kept.every)
    },
  )

  test.prop([fc.nat(50), fc.nat(50)])('later than an update are dropped', (updates, until) => {
    let kept = nothingKept<number>(100)
    for (let u = 0; u <= updates; u++) kept = keep(u, u)(kept)
    expect([...keptUntil(until)(kept).entries.keys()]).toEqual(
      Array.from({ length: Math.min(updates, until) + 1 }, (_, i) => i),
    )
  })
})
