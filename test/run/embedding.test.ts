import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { env, io, ppo, random, tensor } from '../../src/index.ts'

/** A walk to 5 or −5, whose steps are at times twice as long. */
const walk: env.Environment<{ readonly at: number }, env.Discrete<2>> = {
  name: 'walk',
  observationSpace: env.box(1, [-6], [6]),
  actionSpace: env.discrete(2),
  init: () => ({ at: 0 }),
  step: (action, key) => (state) => {
    const length = tensor.item(random.uniform(key, ['draw'], [1])) < 0.2 ? 2 : 1
    const at = state.at + (action === 1 ? length : -length)
    const terminated = Math.abs(at) >= 5
    return [{ reward: terminated && at > 0 ? 1 : 0, terminated, truncated: false }, { at }]
  },
  observe: ({ at }) => [at],
}

const UPDATES = 6
const config: ppo.PpoConfig = {
  ...ppo.preset('cleanrl'),
  steps: 32,
  totalSteps: UPDATES * 4 * 32,
  hidden: [8, 8],
  gain: { hidden: Math.SQRT2, policy: 0.01, value: 1 },
}

const sure = E.getOrElseW((problem) => {
  throw new Error(JSON.stringify(problem))
})

const toEnd = <A>(going: Generator<unknown, A>): A => {
  for (;;) {
    const { done, value } = going.next()
    if (done === true) return value
  }
}

const whole = () => {
  const parts = ppo.parts(config, walk)
  const start = ppo.init(parts)(random.key(1))
  let [hash, link] = ['', io.firstLink(start.learner)]
  for (const [metrics, { learner }] of ppo.train(config, parts)(start)) {
    hash = io.learnerHash(learner)
    link = io.nextLink(link, metrics, learner)
  }
  return { hash, link }
}

/** A program that is ended in the middle: all that is left of it is what it stored. */
const begun = async (storage: io.storage.Storage, last: number): Promise<void> => {
  const parts = ppo.parts(config, walk)
  const start = ppo.init(parts)(random.key(1))
  let link = io.firstLink(start.learner)
  for (const [metrics, state] of ppo.train(config, parts)(start)) {
    link = io.nextLink(link, metrics, state.learner)
    const bytes = sure(io.encodeCheckpoint({ config, state, link, about: { of: 'walk' } }))
    sure(await storage.write('walk', bytes))
    if (state.update === last) return
  }
}

/** Another program, some day, that has the storage and the environment. */
const ended = async (storage: io.storage.Storage) => {
  const stored = sure(io.openCheckpoint(sure(await storage.read('walk')) ?? new Uint8Array()))
  if (stored.algorithm !== 'ppo') throw new Error(`expected ppo, got ${stored.algorithm}`)
  const parts = ppo.parts(stored.config, walk, 'js')
  const start = sure(io.resume(parts)(stored))
  let hash = io.learnerHash(start.learner)
  let link = stored.link ?? ''
  for (const [metrics, { learner }] of ppo.train(stored.config, parts)(start)) {
    hash = io.learnerHash(learner)
    link = io.nextLink(link, metrics, learner)
  }
  return { hash, link, from: start.update, about: stored.about }
}

describe('a program of somebody else', () => {
  test.each([1, 3, UPDATES])(
    'goes on with its own world after update %i, as if nothing had been',
    async (last) => {
      const storage = io.storage.memory()
      await begun(storage, last)
      const { about, from, ...end } = await ended(storage)
      expect({ from, about }).toEqual({ from: last, about: { of: 'walk' } })
      expect(end).toEqual(whole())
    },
  )

  test('gets an error when the environment differs, and when bytes were changed', async () => {
    const storage = io.storage.memory()
    await begun(storage, 1)
    const bytes = sure(await storage.read('walk'))!
    const farther = { ...walk, observe: ({ at }: { readonly at: number }) => [at / 2] }
    const other = io.resume(ppo.parts(config, farther))(sure(io.openCheckpoint(bytes)))
    expect(other).toMatchObject({ left: expect.stringContaining('the environment differs') })
    bytes[bytes.length >> 1]! ^= 1
    expect(E.isLeft(io.openCheckpoint(bytes))).toBe(true)
  })

  test('gives a certificate of a run away, and verifies the one that it was given', () => {
    const run: io.RunConfig = {
      format: 'proximal run 2',
      algorithm: 'ppo',
      version: io.version,
      env: 'cartpole',
      seed: 3,
      preset: 'cleanrl',
      kernels: 'js',
      settings: config,
      past: [],
    }
    const bytes = io.encodeCertificate(toEnd(io.certify(run, { kernels: 'js' })))
    const given = sure(io.decodeCertificate(bytes))
    expect(toEnd(io.verify(given, { kernels: 'auto' }))).toEqual(
      E.right({ updates: UPDATES, hash: given.hash }),
    )
    const forged = { ...given, config: { ...given.config, seed: 4 } }
    const verdict = toEnd(io.verify(forged))
    expect(verdict).toMatchObject({ left: { update: 0, sameArithmetic: true } })
    expect(E.isLeft(verdict) && io.describeDifference(verdict.left)).toContain('at update 0')
  })

  test('records episodes, and lives them again without the policy', () => {
    const parts = ppo.parts(config, walk)
    const { learner } = ppo.init(parts)(random.key(1))
    const log = io.recordEpisodes(walk, parts.policy, learner, {
      key: random.key(5),
      episodes: [0, 1],
      act: 'sample',
    })
    const read = sure(io.decodeActionLog(io.encodeActionLog(log)))
    for (const episode of read.episodes) {
      const moments = [...io.replayEpisode(walk, read, episode)]
      expect(moments).toHaveLength(episode.length + 1)
      expect(Math.abs(moments.at(-1)!.state.at)).toBeGreaterThanOrEqual(5)
      expect(moments.at(-1)!.return).toBe(episode.return)
    }
  })

  test.each(['torch', 'onnx'] as const)('goes on from a policy in a file of %s', (format) => {
    const parts = ppo.parts(config, walk)
    const start = ppo.init(parts)(random.key(1))
    const [, { learner }] = ppo.iterate(config, parts)(start)
    const file =
      format === 'torch'
        ? sure(io.encodeTorch('sb3')({ env: walk, config, trained: learner })).bytes
        : io.onnx.encode({ env: walk, config, trained: learner, version: io.version })
    const other = ppo.init(parts)(random.key(2))
    const { params } = sure(io.readPolicy(file, { like: other.learner.params }))
    const begun = ppo.withParams(parts)(other, params)
    expect(tensor.toArray(begun.learner.params.flat)).toEqual(tensor.toArray(learner.params.flat))
    expect(begun.learner.optim).toEqual(other.learner.optim)
    const [, next] = ppo.iterate(config, parts)(begun)
    expect(io.learnerHash(next.learner)).not.toBe(
      io.learnerHash(ppo.iterate(config, parts)(other)[1].learner),
    )
  })
})
