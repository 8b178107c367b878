import type { Moment } from '../run/episode/replayEpisode.ts'
import type { Picture } from '../picture/picture.ts'
import type { RunEnvironment } from './runEnvironment.ts'
import { textOf, type Frame } from './terminal.ts'

/** How a moment of an episode is shown. */
export interface Frames {
  readonly frameAt: (i: number) => Frame
  /** null if the environment has no drawing */
  readonly pictureAt: ((i: number) => Picture) | null
}

const number = (x: number): string => String(Number(x.toPrecision(4)))

/** Wraps words into lines of at most `columns` columns, and cuts longer words. */
const wrapped = (words: readonly string[], columns: number): readonly string[] => {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word.slice(0, columns))
  }
  return lines
}

/** A moment as text, for an environment without a drawing. */
const inWords =
  ({ env }: RunEnvironment, { state, action, outcome, length }: Moment<unknown>): Frame['lines'] =>
  (columns, rows) =>
    [
      `step ${length}`,
      ...(action === null ? [] : wrapped(['action', ...action.map(number)], columns)),
      ...(outcome === null ? [] : [`reward ${number(outcome.reward)}`]),
      ...wrapped(['observation', ...Array.from(env.observe(state), number)], columns),
    ].slice(0, Math.max(1, rows))

/** The frames of an episode: pictures if the environment has a drawing, otherwise text. */
export const framesOf = (
  environment: RunEnvironment,
  moments: ReadonlyArray<Moment<unknown>>,
): Frames => {
  const { draw } = environment
  return {
    pictureAt: draw === null ? null : (i) => draw(moments[i]!.state),
    frameAt: (i) => {
      const moment = moments[i]!
      const lines: Frame['lines'] =
        draw === null
          ? inWords(environment, moment)
          : (columns, rows, isColoured) => textOf(draw(moment.state), columns, rows, isColoured)
      return { lines, return: moment.return }
    },
  }
}
