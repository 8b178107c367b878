/**
 * Replay as a regression test of a game's balance. `episodes.log` holds what a trained player did in ten dungeons:
 * replayed, each must end at the same step with the same return. The player itself, in `player.safetensors`,
 * must slay 7 to 8 of the ten monsters on average. Changing a constant of the game, or anything else that
 * its rules depend on, fails with a message that says where the game first differs and how hard it has become.
 */
import { io, random } from 'proximal'
import { loadPolicy } from 'proximal/inference'
import type { Discrete } from 'proximal/envs'
import { readFile } from 'node:fs/promises'
import { dungeon } from './dungeon.js'

const read = (name: string) => readFile(new URL(name, import.meta.url))
const problems: string[] = []

const log = io.decodeActionLog(await read('episodes.log'))
if (log._tag === 'Left') throw new Error(log.left.problem)
for (const [i, episode] of log.right.episodes.entries()) {
  const replay = io.replayEpisode(dungeon, log.right, episode)
  let moment = replay.next()
  while (moment.done !== true) moment = replay.next()
  if (moment.value._tag === 'Right') continue
  const { step, problem } = moment.value.left
  problems.push(`episode ${i}, step ${step}: ${problem}`)
}
console.log(`${log.right.episodes.length} episodes replayed, ${problems.length} differ`)

const player = loadPolicy<Discrete<3>>(await read('player.safetensors'))
const slain = (seed: number): number => {
  const [first, moves] = random.split(random.key(seed), 2)
  let state = dungeon.init(first)
  for (let turn = 0; ; turn++) {
    const action = player.act(dungeon.observe(state), { mask: dungeon.actionMask!(state) })
    const [{ terminated }, next] = dungeon.step(action, random.foldIn(moves, turn))(state)
    if (terminated) return next.slain
    state = next
  }
}
const mean = Array.from({ length: 500 }, (_, seed) => slain(seed)).reduce((a, b) => a + b) / 500
console.log(`the player slays ${mean.toFixed(2)} monsters of ten`)
if (!(mean >= 7 && mean <= 8))
  problems.push(`balance: expected 7 to 8 monsters slain on average, got ${mean.toFixed(2)}`)

if (problems.length > 0)
  throw new Error(`the game has changed; if that is meant, record it anew:\n${problems.join('\n')}`)
