import { io, ppo, random } from 'proximal'
import { writeFile } from 'node:fs/promises'
import { dungeon } from './dungeon.js'

// Trains a player and records what it does: run this again when the game is meant to change.
const config = ppo.config({
  preset: 'cartpole',
  totalSteps: 40_960,
  hidden: [16, 16],
  normalise: { observation: true },
})
const parts = ppo.parts(config, dungeon)
const ended = ppo.run(config, parts)(ppo.init(parts)(random.key(1)))
if (ended._tag === 'Left') throw new Error(ended.left.fault.message)
const { learner } = ended.right

const episodes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
const options = { key: random.key(2), episodes, act: 'mode' } as const
const log = io.recordEpisodes(dungeon, parts.policy, learner, options)
const policy = io.encodePolicy({ env: dungeon, config, trained: learner, value: false })
await writeFile(new URL('episodes.log', import.meta.url), io.encodeActionLog(log))
await writeFile(new URL('player.safetensors', import.meta.url), policy)
console.log(`slain: ${log.episodes.map((episode) => episode.return).join(' ')}`)
