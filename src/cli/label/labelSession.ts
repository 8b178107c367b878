import * as E from 'fp-ts/lib/Either.js'
import { printable } from '../../tensor/printable.ts'
import { listeners } from '../listeners.ts'
import { write } from '../output.ts'
import { messageOf, type Problem } from '../problem.ts'
import {
  KEY_HELP,
  labelKeysIn,
  pressed,
  startLabelling,
  type Choice,
  type Labelling,
} from './labelling.ts'

/** Pairs of things to be judged by a person. */
export interface Asked {
  readonly pairs: number
  /** what to show of a pair, in so many columns; of things that move, frame 0 and so on */
  readonly lines: (at: number, columns: number, frame: number) => readonly string[]
  /** how things move that do: all frames of a pair have as many lines, and start over after the last */
  readonly film?: { readonly frames: number; readonly perSecond: number }
  /** Stores a label, or takes back the last one of that pair; it lasts when this returns. */
  readonly store: (at: number, what: Choice | 'undo') => E.Either<Problem, void>
}

/** The result of a session. */
export interface LabelSession {
  /** labels that were given and stand */
  readonly count: number
  /** 0, or 143 or 129 where a signal asked for the end */
  readonly code: number
}

const DONE: { readonly [W in Choice | 'undo']: string } = {
  first: '→ the first',
  second: '→ the second',
  neither: '→ neither',
  undo: 'taken back',
}

/**
 * Asks about one pair after another on a terminal, until all are judged or someone quits. Each label is
 * stored before the next pair is shown. Whatever ends it, the keyboard is as it was.
 *
 * @returns Left where a label could not be stored; those before it are
 */
export const askOn = async (
  output: NodeJS.WriteStream,
  input: NodeJS.ReadStream,
  { pairs, lines, store, film }: Asked,
): Promise<E.Either<Problem, LabelSession>> => {
  let state: Labelling = startLabelling(pairs)
  let code = 0
  let problem: Problem | null = null
  const say = (line: string): void => write(output, `${line}\n`)
  let frame = 0
  const shown = (): readonly string[] => lines(state.at, output.columns || 80, frame)
  const show = (): void => {
    frame = 0
    say('')
    say(`pair ${state.at + 1} of ${pairs}`)
    for (const line of shown()) say(line)
  }
  let timer: NodeJS.Timeout | undefined
  /** Draws the next frame over the one before. */
  const move = (frames: number): void => {
    // A slow terminal is not written to before it has taken what there was.
    if (state.isDone || output.writableNeedDrain) return
    frame = (frame + 1) % frames
    const next = shown()
    output.write(
      `\u001B[${next.length}A${next.map((line) => `${printable(line)}\u001B[K\n`).join('')}`,
    )
  }
  const wasRaw = input.isRaw
  const { on, off } = listeners()
  try {
    if (input.isTTY) input.setRawMode(true)
    input.setEncoding('utf8')
    say(KEY_HELP)
    if (!state.isDone) show()
    if (film !== undefined) timer = setInterval(move, 1000 / film.perSecond, film.frames)
    await new Promise<void>((resolve) => {
      if (state.isDone) resolve()
      const quit = (exit: number) => () => {
        code = exit
        resolve()
      }
      on(process, 'SIGTERM', quit(143))
      on(process, 'SIGHUP', quit(129))
      on(process, 'SIGINT', quit(0))
      on(input, 'end', quit(0))
      on(input, 'error', quit(0))
      on(output, 'error', quit(0))
      on(input, 'data', (text: string) => {
        for (const key of labelKeysIn(text)) {
          if (state.isDone || problem !== null) break
          const { store: what, next } = pressed(state, key)
          if (what !== null) {
            const stored = store(what.at, what.what)
            if (E.isLeft(stored)) {
              problem = stored.left
              break
            }
            say(DONE[what.what])
          }
          const isOther = next.at !== state.at
          state = next
          if (isOther && !state.isDone) show()
        }
        if (state.isDone || problem !== null) resolve()
      })
      input.resume()
    })
  } catch (error) {
    problem = messageOf(error)
  } finally {
    clearInterval(timer)
    off()
    if (input.isTTY) input.setRawMode(wasRaw)
    input.pause()
  }
  return problem === null ? E.right({ count: state.at, code }) : E.left(problem)
}
