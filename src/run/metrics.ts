import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { describeMistakes, every, number, toMistakes } from '../algo/codec.ts'
import type { Metrics } from '../algo/ppo/iterate.ts'

/** JSON has finite numbers only: NaN becomes null, an infinite number its name as a string. */
const written = (x: unknown): unknown => {
  if (typeof x !== 'number' || Number.isFinite(x)) return x
  return Number.isNaN(x) ? null : String(x)
}

const read = (u: unknown): number | null => {
  if (u === null) return NaN
  if (u === 'Infinity') return Infinity
  if (u === '-Infinity') return -Infinity
  return typeof u === 'number' && Number.isFinite(u) ? u : null
}

const measured = new t.Type<number>(
  'a number, null, "Infinity" or "-Infinity"',
  (u): u is number => typeof u === 'number',
  (u, context) => {
    const x = read(u)
    return x === null ? t.failure(u, context) : t.success(x)
  },
  (x) => x,
)

const count = number({ from: 1, whole: true })

const episode = t.exact(
  t.type({ env: number({ from: 0, whole: true }), return: measured, length: count }),
)

const line: t.Type<Metrics, unknown> = t.exact(
  t.type({
    update: count,
    steps: count,
    learningRate: measured,
    policyLoss: measured,
    valueLoss: measured,
    entropy: measured,
    approxKl: measured,
    clipFraction: measured,
    gradNorm: measured,
    explainedVariance: measured,
    episodes: every(episode, 'a list of episodes'),
  }),
)

const parse = (text: string): E.Either<string, unknown> =>
  E.tryCatch(
    (): unknown => JSON.parse(text),
    () => 'expected JSON, got something else or only a part',
  )

type Fields = { readonly [name: string]: unknown }

const isFields = (u: unknown): u is Fields => typeof u === 'object' && u !== null

const isWhole = (u: unknown, from: number): u is number =>
  typeof u === 'number' && Number.isSafeInteger(u) && u >= from

/** The numbers that an update measures, in the order of its line. */
export const MEASURED = [
  'learningRate',
  'policyLoss',
  'valueLoss',
  'entropy',
  'approxKl',
  'clipFraction',
  'gradNorm',
  'explainedVariance',
] as const

/** Decodes a valid line ten times as fast as the codec; null for any other line. */
const quickly = (u: unknown): Metrics | null => {
  if (!isFields(u) || !Array.isArray(u['episodes'])) return null
  const { update, steps } = u
  if (!isWhole(update, 1) || !isWhole(steps, 1)) return null
  const measures: { [name: string]: number } = {}
  for (const name of MEASURED) {
    const x = read(u[name])
    if (x === null) return null
    measures[name] = x
  }
  const episodes: Array<Metrics['episodes'][number]> = []
  for (const one of u['episodes'] as readonly unknown[]) {
    if (!isFields(one)) return null
    const { env, length } = one
    const earned = read(one['return'])
    if (!isWhole(env, 0) || !isWhole(length, 1) || earned === null) return null
    episodes.push({ env, return: earned, length })
  }
  return { update, steps, ...(measures as Record<(typeof MEASURED)[number], number>), episodes }
}

/**
 * Decodes one line of metrics.jsonl.
 *
 * @param last metrics of the line before; its update and steps must be smaller
 */
export const decodeLine = (
  text: string,
  last: Pick<Metrics, 'update' | 'steps'> | undefined,
): E.Either<string, Metrics> => {
  const json = parse(text)
  if (E.isLeft(json)) return json
  const quick = quickly(json.right)
  const decoded = quick === null ? line.decode(json.right) : E.right(quick)
  if (E.isLeft(decoded)) return E.left(describeMistakes(toMistakes(decoded.left)))
  for (const name of ['update', 'steps'] as const) {
    const [before, now] = [last?.[name] ?? 0, decoded.right[name]]
    if (now <= before) return E.left(`${name}: expected more than ${before}, got ${now}`)
  }
  return decoded
}

const isInfinite = (x: number): boolean => x === Infinity || x === -Infinity

const hasInfinite = (metrics: Metrics): boolean =>
  MEASURED.some((name) => isInfinite(metrics[name])) ||
  metrics.episodes.some((episode) => isInfinite(episode.return))

/** The line of metrics.jsonl for an update: a JSON object, from which `decodeMetrics` reads the same numbers. */
export const encodeMetrics = (metrics: Metrics): string =>
  hasInfinite(metrics)
    ? `${JSON.stringify(metrics, (_, value: unknown) => written(value))}\n`
    : `${JSON.stringify(metrics)}\n`

/**
 * Decodes lines of metrics.jsonl, one after the other.
 *
 * @throws RangeError at the first line that is wrong, with its number
 */
export function* metricsIn(lines: Iterable<string>): Generator<Metrics, void, undefined> {
  let last: Metrics | undefined
  let count = 0
  for (const text of lines) {
    count += 1
    const decoded = decodeLine(text, last)
    if (E.isLeft(decoded)) throw new RangeError(`line ${count}: ${decoded.left}`)
    last = decoded.right
    yield last
  }
}

/**
 * The metrics of a run from the text of its metrics.jsonl: one JSON object per line, with rising
 * updates and steps. null is NaN, "Infinity" and "-Infinity" are infinite numbers. Unknown fields,
 * which later versions may write, are ignored.
 *
 * @returns Left with the first line that is wrong, by its number, and what is wrong with it
 */
export const decodeMetrics = (text: string): E.Either<string, readonly Metrics[]> => {
  const lines = text.split('\n')
  const ended = lines.pop()
  if (ended !== '') return E.left(`line ${lines.length + 1}: expected a line feed at its end`)
  const out: Metrics[] = []
  for (const [i, text] of lines.entries()) {
    const decoded = decodeLine(text, out.at(-1))
    if (E.isLeft(decoded)) return E.left(`line ${i + 1}: ${decoded.left}`)
    out.push(decoded.right)
  }
  return E.right(out)
}
