import { env, io, ppo, random } from '../../../src/index.ts'

const sure = <A>(
  result:
    | { readonly _tag: 'Left'; readonly left: unknown }
    | { readonly _tag: 'Right'; readonly right: A },
): A => {
  if (result._tag === 'Left') throw new Error(JSON.stringify(result.left))
  return result.right
}

/** 5 MB that are another at every place. */
const large = Uint8Array.from({ length: 5_000_000 }, (_, i) => (i * 31 + (i >> 8)) & 255)

const isSame = (a: Uint8Array | null, b: ArrayLike<number>): boolean =>
  a !== null && a.length === b.length && a.every((x, i) => x === b[i])

const emptied = async (database: string): Promise<io.storage.Storage> => {
  const storage = io.storage.indexedDb({ database })
  for (const name of sure(await storage.list())) sure(await storage.remove(name))
  return storage
}

/** What a storage in this browser's own database does: all entries have to be true. */
export const keeps = async (): Promise<Readonly<Record<string, boolean>>> => {
  const storage = await emptied('laws')
  const given = Uint8Array.of(1, 2, 3)
  const writing = storage.write('ü b', given)
  given.fill(9)
  sure(await writing)
  const found: Record<string, boolean> = {
    nothing: sure(await storage.read('a')) === null,
    read: isSame(sure(await storage.read('ü b')), [1, 2, 3]),
  }
  sure(await storage.write('ü b', Uint8Array.of(4)))
  sure(await storage.write('B', new Uint8Array()))
  sure(await storage.write('a', large.subarray(7)))
  found['overwritten'] = isSame(sure(await storage.read('ü b')), [4])
  found['empty'] = isSame(sure(await storage.read('B')), [])
  found['large'] = isSame(sure(await storage.read('a')), large.subarray(7))
  found['listed'] = sure(await storage.list()).join() === 'B,a,ü b'
  found['apart'] = sure(await (await emptied('others')).list()).length === 0
  sure(await storage.remove('a'))
  sure(await storage.remove('a'))
  found['removed'] = sure(await storage.read('a')) === null
  found['left'] = sure(await storage.list()).join() === 'B,ü b'
  found['refused'] = JSON.stringify(await storage.write('../a', given)).includes('"kind":"name"')
  return found
}

const config = { ...ppo.preset('cleanrl'), totalSteps: 8 * 512 }

/** The hash of a run of 8 updates. */
export const uninterrupted = (): string => {
  const parts = ppo.parts(config, env.cartPole, 'js')
  let hash = ''
  for (const [, { learner }] of ppo.train(config, parts)(ppo.init(parts)(random.key(1))))
    hash = io.learnerHash(learner)
  return hash
}

/** The same where it is kept after 3 of them, and gone on with from what was kept. */
export const goesOn = async (): Promise<string> => {
  const storage = await emptied('run')
  const began = ppo.parts(config, env.cartPole, 'wasm')
  for (const [, state] of ppo.train(config, began)(ppo.init(began)(random.key(1)))) {
    if (state.update < 3) continue
    const bytes = sure(io.encodeCheckpoint({ config, state, link: null, about: {} }))
    sure(await storage.write('run', bytes))
    break
  }
  const there = io.storage.indexedDb({ database: 'run' })
  const kept = sure(io.openCheckpoint(sure(await there.read('run')) ?? new Uint8Array()))
  if (kept.algorithm !== 'ppo') throw new Error(`expected ppo, got ${kept.algorithm}`)
  const ends = ppo.parts(kept.config, env.cartPole, 'js')
  const from = sure(io.resume(ends)(kept))
  let hash = `of update ${from.update}`
  for (const [, { learner }] of ppo.train(kept.config, ends)(from)) hash = io.learnerHash(learner)
  return hash
}
