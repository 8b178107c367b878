import { env, io, ppo, random } from '../../../dist/index.js'

const sure = ({ _tag, left, right }) => {
  if (_tag === 'Left') throw new Error(JSON.stringify(left))
  return right
}

/** 5 MB that are another at every place. */
const large = Uint8Array.from({ length: 5_000_000 }, (_, i) => (i * 31 + (i >> 8)) & 255)

const isSame = (a, b) => a !== null && a.length === b.length && a.every((x, i) => x === b[i])

const emptied = async (database) => {
  const storage = io.storage.indexedDb({ database })
  for (const name of sure(await storage.list())) sure(await storage.remove(name))
  return storage
}

/** What a storage in this browser's own database does: all entries have to be true. */
export const keeps = async () => {
  const storage = await emptied('laws')
  const given = Uint8Array.of(1, 2, 3)
  const writing = storage.write('ü b', given)
  given.fill(9)
  sure(await writing)
  const found = {
    nothing: sure(await storage.read('a')) === null,
    read: isSame(sure(await storage.read('ü b')), [1, 2, 3]),
  }
  sure(await storage.write('ü b', Uint8Array.of(4)))
  sure(await storage.write('B', new Uint8Array()))
  sure(await storage.write('a', large.subarray(7)))
  found.overwritten = isSame(sure(await storage.read('ü b')), [4])
  found.empty = isSame(sure(await storage.read('B')), [])
  found.large = isSame(sure(await storage.read('a')), large.subarray(7))
  found.listed = sure(await storage.list()).join() === 'B,a,ü b'
  found.apart = sure(await (await emptied('others')).list()).length === 0
  sure(await storage.remove('a'))
  sure(await storage.remove('a'))
  found.removed = sure(await storage.read('a')) === null
  found.left = sure(await storage.list()).join() === 'B,ü b'
  found.refused = (await storage.write('../a', given)).left?.kind === 'name'
  return found
}

/** The hash of a run of 8 updates that is kept after 3, and goes on from what was kept. */
export const goesOn = async () => {
  const config = { ...ppo.preset('cleanrl'), totalSteps: 8 * 512 }
  const storage = await emptied('run')
  const began = ppo.parts(config, env.cartPole, 'wasm')
  for (const [, state] of ppo.train(config, began)(ppo.init(began)(random.key(1)))) {
    if (state.update < 3) continue
    const bytes = sure(io.encodeCheckpoint({ config, state, chain: [], about: {} }))
    sure(await storage.write('run', bytes))
    break
  }
  const there = io.storage.indexedDb({ database: 'run' })
  const kept = sure(io.openCheckpoint(sure(await there.read('run'))))
  const ends = ppo.parts(kept.config, env.cartPole, 'js')
  let learner
  for (const [, state] of ppo.train(kept.config, ends)(sure(io.resume(ends)(kept))))
    learner = state.learner
  return `from ${kept.update}: ${io.learnerHash(learner)}`
}
