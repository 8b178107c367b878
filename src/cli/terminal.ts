import { braille } from '../picture/braille.ts'
import { halfBlock } from '../picture/halfBlock.ts'
import type { Picture } from '../picture/picture.ts'
import { raster } from '../picture/raster.ts'
import { listeners } from './listeners.ts'
import { frameOf, isAtEnd, keysIn, passed, pressed, statusOf, type Player } from './player.ts'

/** What to show of a moment, and the return until then. */
export interface Frame {
  /** the lines of it, for a screen of so many columns and rows */
  readonly lines: (columns: number, rows: number, isColoured: boolean) => readonly string[]
  readonly return: number
}

const ENTER = '\u001B[?1049h\u001B[?25l\u001B[2J'
const LEAVE = '\u001B[0m\u001B[?25h\u001B[?1049l'
const MILLISECONDS = 1000 / 60

/** A picture as text, as large as it fits into so many columns and rows. */
export const textOf = (
  picture: Picture,
  columns: number,
  rows: number,
  isColoured: boolean,
): readonly string[] => {
  const [across, down] = isColoured ? [1, 2] : [2, 4]
  const width = Math.max(1, columns) * across
  const height = Math.max(1, rows) * down
  const scale = Math.min(width / picture.width, height / picture.height)
  // What is left over stays the terminal's own.
  const pixels = raster(
    picture,
    Math.max(1, Math.min(width, Math.round(picture.width * scale))),
    Math.max(1, Math.min(height, Math.round(picture.height * scale))),
  )
  return isColoured ? halfBlock(pixels) : braille(pixels, picture.background)
}

/** Whether a terminal shows colours, and wants to. */
export const hasColours = (
  stream: NodeJS.WriteStream,
  env: Readonly<Record<string, string | undefined>>,
): boolean => (env['NO_COLOR'] ?? '') === '' && stream.isTTY && stream.getColorDepth(env) >= 8

/** What a screen of that size is to show, with what takes the cursor from line to line. */
export const screenful = (
  player: Player,
  frame: Frame,
  { columns, rows, isColoured }: { columns: number; rows: number; isColoured: boolean },
): string => {
  const status = statusOf(player, frame.return, columns)
  const lines = [...frame.lines(columns, rows - 1, isColoured), status].slice(-rows)
  return `\u001B[H${lines.map((line) => `${line}\u001B[0m\u001B[K`).join('\r\n')}\u001B[J`
}

/**
 * Plays frames on a terminal until the user quits. However it ends, it restores the cursor, the screen and
 * the keyboard.
 *
 * @param frameAt the frame of that place
 * @returns 0, or 143 or 129 where a signal asked for the end
 */
export const playOn = async (
  output: NodeJS.WriteStream,
  input: NodeJS.ReadStream,
  start: Player,
  frameAt: (i: number) => Frame,
): Promise<number> => {
  const isColoured = hasColours(output, process.env)
  let player = start
  let shown = ''
  let code = 0
  let last = performance.now()
  let timer: NodeJS.Timeout | undefined
  const wasRaw = input.isRaw
  const restore = (): void => {
    output.write(LEAVE)
  }

  const { on, off } = listeners()

  try {
    on(process, 'exit', restore)
    output.write(ENTER)
    if (input.isTTY) input.setRawMode(true)
    input.setEncoding('utf8')
    await new Promise<void>((resolve, reject) => {
      const draw = (): void => {
        const now = performance.now()
        player = passed(player, (now - last) / 1000)
        last = now
        if (player.isDone) {
          resolve()
          return
        }
        const frame = frameAt(frameOf(player))
        const size = { columns: output.columns || 80, rows: output.rows || 24, isColoured }
        const next = `${frameOf(player)} ${size.columns}×${size.rows} ${statusOf(player, frame.return, 200)}`
        // A slow terminal is not written to before it has taken what there was.
        if (next === shown || output.writableNeedDrain) return
        shown = next
        output.write(screenful(player, frame, size))
      }
      const attempt = (f: () => void) => () => {
        try {
          f()
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      }
      const quit = (exit: number) => () => {
        code = exit
        resolve()
      }
      on(process, 'SIGTERM', quit(143))
      on(process, 'SIGHUP', quit(129))
      on(process, 'SIGINT', quit(0))
      on(input, 'end', quit(0))
      on(input, 'error', reject)
      // The terminal is gone.
      on(output, 'error', quit(0))
      on(input, 'data', (text: string) => {
        for (const key of keysIn(text)) player = pressed(player, key)
        attempt(draw)()
      })
      on(output, 'resize', () => {
        shown = ''
        attempt(draw)()
      })
      timer = setInterval(attempt(draw), MILLISECONDS)
      attempt(draw)()
    })
    return code
  } finally {
    clearInterval(timer)
    off()
    if (input.isTTY) input.setRawMode(wasRaw)
    input.pause()
    restore()
  }
}

/** Some frames as plain lines, without escape sequences: the first, some in between, the last. */
export const plainFrames = (
  player: Player,
  count: number,
  frameAt: (i: number) => Frame,
): string => {
  const last = player.frames - 1
  const places = Array.from({ length: count }, (_, i) => Math.round((i * last) / (count - 1)))
  return [...new Set(places)]
    .map((i) => {
      const frame = frameAt(i)
      const text = frame.lines(60, 16, false).map((line) => line.trimEnd())
      return `frame ${i}/${last}  return ${frame.return.toFixed(1)}${isAtEnd({ ...player, at: i }) ? '  end' : ''}\n${text.join('\n')}\n`
    })
    .join('\n')
}
