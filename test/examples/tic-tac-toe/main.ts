/**
 * A turn-based game with action masks: tic-tac-toe against a player by rule, who wins or blocks when it can.
 * Masked squares have no probability, so no illegal move is ever made: the game would throw. Over 1,000 games the
 * trained policy must score more against that player than the same rule does in its place.
 */
import { ppo, random } from 'proximal'
import { byRule, ticTacToe, type Board, type Square } from './board.js'

const config = ppo.config({ preset: 'cartpole', totalSteps: 80_000 })
const parts = ppo.parts(config, ticTacToe)
const ended = ppo.run(config, parts)(ppo.init(parts)(random.key(1)))
if (ended._tag === 'Left') throw new Error(ended.left.fault.message)
const act = ppo.actor(parts, ended.right.learner)

type Player = (board: Board, key: random.Key) => Square

const trained: Player = (board) => act(board, { mask: ticTacToe.actionMask!(board) })
const rule: Player = (board, key) => byRule(board, 1, key)

/** The result of a game that follows from its seed: 1, 0 or −1. */
const play = (player: Player, seed: number): number => {
  const [first, moves] = random.split(random.key(seed), 2)
  let board = ticTacToe.init(first)
  for (let turn = 0; ; turn++) {
    const [ours, theirs] = random.split(random.foldIn(moves, turn), 2)
    const [{ reward, terminated }, next] = ticTacToe.step(player(board, ours), theirs)(board)
    if (terminated) return reward
    board = next
  }
}

/** Wins, draws and losses of 1,000 games, and the mean result. */
const score = (name: string, player: Player): number => {
  const results = Array.from({ length: 1000 }, (_, seed) => play(player, seed))
  const [wins, draws, losses] = [1, 0, -1].map((of) => results.filter((r) => r === of).length)
  console.log(`${name}: ${wins} wins, ${draws} draws, ${losses} losses`)
  return results.reduce((a, b) => a + b) / results.length
}

const [before, after] = [score('the rule   ', rule), score('the trained', trained)]
if (!(after > before + 0.1))
  throw new Error(`expected more than ${before} + 0.1 a game, got ${after}`)
