import { keySequences } from './keySequences.ts'

/** What is shown of a film of frames 0 … frames − 1, and how it goes on. */
export interface Player {
  readonly frames: number
  /** frames a second at speed 1 */
  readonly rate: number
  /** where it is, with the part of the next frame that has passed: 0 … frames − 1 */
  readonly at: number
  readonly speed: number
  readonly isPaused: boolean
  readonly isDone: boolean
}

export type PlayerKey = 'pause' | 'faster' | 'slower' | 'forward' | 'back' | 'restart' | 'quit'

export const SLOWEST = 1 / 16
export const FASTEST = 64

/** @param frames at least one */
export const startPlayer = (frames: number, rate: number, speed: number): Player => ({
  frames,
  rate,
  at: 0,
  speed,
  isPaused: false,
  isDone: false,
})

export const frameOf = ({ at }: Player): number => Math.floor(at)

/** Whether the last frame is shown: nothing moves from there by itself. */
export const isAtEnd = ({ at, frames }: Player): boolean => at >= frames - 1

/** After so many seconds, of which none count while it is paused. */
export const passed = (player: Player, seconds: number): Player =>
  player.isPaused || player.isDone
    ? player
    : {
        ...player,
        at: Math.min(
          player.at + Math.max(0, seconds) * player.rate * player.speed,
          player.frames - 1,
        ),
      }

const stepped = (player: Player, by: number): Player => ({
  ...player,
  isPaused: true,
  at: Math.max(0, Math.min(frameOf(player) + by, player.frames - 1)),
})

const MOVES: { readonly [K in PlayerKey]: (player: Player) => Player } = {
  pause: (player) =>
    isAtEnd(player)
      ? { ...player, at: 0, isPaused: false }
      : { ...player, isPaused: !player.isPaused },
  faster: (player) => ({ ...player, speed: Math.min(2 * player.speed, FASTEST) }),
  slower: (player) => ({ ...player, speed: Math.max(player.speed / 2, SLOWEST) }),
  forward: (player) => stepped(player, 1),
  back: (player) => stepped(player, -1),
  restart: (player) => ({ ...player, at: 0, isPaused: false }),
  quit: (player) => ({ ...player, isDone: true }),
}

/** What a key does. Steps pause; at the end, space plays it again from the start. */
export const pressed = (player: Player, key: PlayerKey): Player => MOVES[key](player)

const KEYS: { readonly [sequence: string]: PlayerKey } = {
  ' ': 'pause',
  '+': 'faster',
  '=': 'faster',
  '-': 'slower',
  '\u001B[A': 'faster',
  '\u001B[B': 'slower',
  '\u001B[C': 'forward',
  '\u001B[D': 'back',
  '\u001BOA': 'faster',
  '\u001BOB': 'slower',
  '\u001BOC': 'forward',
  '\u001BOD': 'back',
  r: 'restart',
  R: 'restart',
  q: 'quit',
  Q: 'quit',
  '\u0003': 'quit',
  '\u001B': 'quit',
}

/** The keys in what a terminal sent, several at once or none. Unknown ones mean nothing. */
export const keysIn = (input: string): readonly PlayerKey[] =>
  keySequences(input).flatMap((sequence) =>
    Object.hasOwn(KEYS, sequence) ? [KEYS[sequence]!] : [],
  )

const HELP = 'space pause  ↑↓ speed  ←→ step  r restart  q quit'

/** `frame 12/200  return 11.0  ×2  …`, cut to the columns that there are. */
export const statusOf = (player: Player, total: number, columns: number): string => {
  const mark = player.isPaused ? '  paused' : isAtEnd(player) ? '  end' : ''
  const line = `frame ${frameOf(player)}/${player.frames - 1}  return ${total.toFixed(1)}  ×${player.speed}${mark}`
  const whole = `${line}  ${HELP}`
  return (whole.length <= columns ? whole : line).slice(0, Math.max(0, columns))
}
