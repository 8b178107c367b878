import type { RunEnvironment } from '../runEnvironment.ts'
import { framesOf } from '../frames.ts'
import type { SeenClip } from './clipPairs.ts'

/** Rows of a clip's frames. */
const ROWS = 12

/** Frames that the last one stays for, before a clip starts over. */
const HOLD = 10

/** How many frames a pair of clips of so many steps is shown in. */
export const framesIn = (length: number): number => length + 1 + HOLD

/** A frame of two clips beside each other. A clip that is over says so, and stays as it was. */
export const sideBySide = (
  environment: RunEnvironment,
  pair: readonly [SeenClip, SeenClip],
  columns: number,
  frame: number,
): readonly string[] => {
  const width = Math.max(10, Math.floor((columns - 3) / 2))
  const halves = pair.map(({ clip, moments }, i) => {
    const at = Math.min(frame, moments.length - 1)
    const picture = framesOf(environment, moments).frameAt(at).lines(width, ROWS, false)
    const isOver = clip.terminated && at === moments.length - 1
    const title = `${i + 1}  step ${at}${isOver ? '  episode over' : ''}`
    const lines = [title, ...picture].map((line) => line.slice(0, width).padEnd(width))
    return [...lines, ...Array.from({ length: ROWS + 1 - lines.length }, () => ''.padEnd(width))]
  })
  return halves[0]!.map((line, row) => `${line} │ ${halves[1]![row]!}`.trimEnd())
}
