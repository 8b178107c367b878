import { plot } from 'asciichart'
import cliProgress from 'cli-progress'
import { printable } from '../tensor/printable.ts'
import { clearLine, write, writeJson, type Streams } from './output.ts'

/** What a command prints. With --json, stdout is for the result alone and the rest goes to stderr. */
export interface Console {
  readonly stream: NodeJS.WriteStream
  /** Prints one line; line feeds in it are escaped. */
  readonly say: (line: string) => void
  /** Prints several lines. */
  readonly block: (text: string) => void
  /** Prints one line to stderr. */
  readonly warn: (line: string) => void
  /** Prints a value as one line of JSON if --json was given. */
  readonly result: (value: () => unknown) => void
}

export const openConsole = ({ stdout, stderr }: Streams, json = false): Console => {
  const stream = json ? stderr : stdout
  return {
    stream,
    say: (line) => write(stream, `${printable(line)}\n`),
    block: (text) => write(stream, `${text}\n`),
    warn: (line) => write(stderr, `${printable(line)}\n`),
    result: (value) => {
      if (json) writeJson(stdout, value())
    },
  }
}

/** 12,345; the first call of toLocaleString takes longer than an update. */
export const grouped = (x: number): string => {
  const n = Math.round(x)
  return Number.isSafeInteger(n)
    ? String(n).replace(/\B(?=(\d{3})+$)/g, ',')
    : n.toLocaleString('en-US')
}

/** 1:05 */
export const clock = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return '-:--'
  const s = Math.round(seconds)
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`
}

/** Shows progress, with `note` for intermediate results if there is a progress bar. */
export interface Progress {
  readonly update: (done: number, note: () => string) => void
  /** Clears the line of the bar, if there is one, for another line; the next update draws it again. */
  readonly clear: () => void
  readonly stop: () => void
}

const SECONDS_BETWEEN_LINES = 5
/** Milliseconds: what a terminal shows of it. */
const BETWEEN_DRAWINGS = 50

/**
 * A bar that redraws itself on a terminal, or a plain line every few seconds elsewhere.
 *
 * @param from what was done before
 */
export const progress = (
  { stream, say }: Console,
  what: string,
  total: number,
  unit: string,
  from = 0,
): Progress => {
  const start = performance.now()
  const rates = (done: number) => {
    const seconds = (performance.now() - start) / 1000
    const rate = (done - from) / seconds
    return { rate: `${grouped(rate)} ${unit}/s`, left: `${clock((total - done) / rate)} left` }
  }

  if (!stream.isTTY) {
    let last = start
    return {
      update: (done, note) => {
        const now = performance.now()
        if (done < total && now - last < 1000 * SECONDS_BETWEEN_LINES) return
        last = now
        const { rate, left } = rates(done)
        say(`${what}  ${grouped(done)}/${grouped(total)} ${unit}  ${note()}  ${rate}  ${left}`)
      },
      clear: () => undefined,
      stop: () => undefined,
    }
  }

  const columns = stream.columns || 80
  const room = columns - 78
  const bar = new cliProgress.SingleBar(
    {
      stream,
      format:
        columns < 60
          ? `{percentage}% {note} {left}`
          : '{what} {bar} {percentage}%  {done}/{all} {unit}  {note}  {rate}  {left}',
      barsize: Math.max(4, Math.min(40, room)),
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
      linewrap: false,
    },
    cliProgress.Presets.shades_classic,
  )
  let drawn = -Infinity
  // The bar writes to the terminal directly, so escape its text here.
  const named = { what: printable(what), all: grouped(total), unit }
  bar.start(total, from, { ...named, done: '0', note: '', rate: '', left: '' })
  return {
    update: (done, note) => {
      const now = performance.now()
      if (done < total && now - drawn < BETWEEN_DRAWINGS) return
      drawn = now
      const shown = { done: grouped(done), note: printable(note()), ...rates(done) }
      bar.update(done, { ...named, ...shown })
    },
    clear: () => {
      clearLine(stream)
      drawn = -Infinity
    },
    stop: () => bar.stop(),
  }
}

/** Means of equal stretches of a series, so that it fits a number of columns. */
const squeezed = (series: readonly number[], columns: number): number[] => {
  const width = Math.min(columns, series.length)
  return Array.from({ length: width }, (_, i) => {
    const from = Math.floor((i * series.length) / width)
    const stretch = series.slice(from, Math.floor(((i + 1) * series.length) / width))
    return stretch.reduce((a, b) => a + b, 0) / stretch.length
  })
}

/** A line chart of a series over a run, as wide as the terminal allows. */
export const chart = (
  { stream }: Console,
  series: readonly number[],
  from: string,
  to: string,
): string => {
  const columns = Math.max(10, Math.min(80, (stream.columns || 80) - 12))
  const points = squeezed(series, columns)
  const lines = plot(points, { height: 10, format: (x) => x.toFixed(1).padStart(8) })
  const axis = from + to.padStart(Math.max(to.length + 1, points.length - from.length))
  return `${lines}\n${' '.repeat(10)}${axis}`
}
