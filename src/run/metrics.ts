import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { isObject, parseJson } from '../format/json.ts'
import { codec, every, number, shape } from '../algo/codec.ts'
import { describeMistakes } from '../algo/mistake.ts'
import { EVALUATED, type Evaluated } from '../algo/evaluated.ts'
import {
  algorithms,
  type AlgorithmName,
  type AnyMetrics,
  type Measured,
  type MetricsOf,
} from '../algo/algorithm.ts'

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

const measured = codec(
  'a number, null, "Infinity" or "-Infinity"',
  (u): u is unknown => read(u) !== null,
)

const count = number({ from: 1, whole: true })

const episode = shape({
  env: number({ from: 0, whole: true }),
  return: measured,
  length: count,
})

const lineOf = (names: ReadonlyArray<Measured | keyof Evaluated>) =>
  shape({
    update: count,
    steps: count,
    ...Object.fromEntries(names.map((name) => [name, measured] as const)),
    episodes: every(episode, 'a list of episodes'),
  })

const isWhole = (u: unknown, from: number): u is number =>
  typeof u === 'number' && Number.isSafeInteger(u) && u >= from

/** The columns of an evaluation: all of them or none; null for anything else. */
const readEvaluated = (u: { readonly [name: string]: unknown }): Partial<Evaluated> | null => {
  if (u['evalReturn'] === undefined) return {}
  const columns: { [name: string]: number } = {}
  for (const name of EVALUATED) {
    const x = read(u[name])
    if (x === null) return null
    columns[name] = x
  }
  return columns
}

/** Decodes a valid line ten times as fast as a codec; null for any other line. */
const quickly = (u: unknown, names: readonly Measured[]): AnyMetrics | null => {
  if (!isObject(u) || !Array.isArray(u['episodes'])) return null
  const { update, steps } = u
  if (!isWhole(update, 1) || !isWhole(steps, 1)) return null
  const measures: { [name: string]: number } = {}
  for (const name of names) {
    const x = read(u[name])
    if (x === null) return null
    measures[name] = x
  }
  const episodes: Array<AnyMetrics['episodes'][number]> = []
  for (const one of u['episodes'] as readonly unknown[]) {
    if (!isObject(one)) return null
    const { env, length } = one
    const earned = read(one['return'])
    if (!isWhole(env, 0) || !isWhole(length, 1) || earned === null) return null
    episodes.push({ env, return: earned, length })
  }
  const evaluated = readEvaluated(u)
  return evaluated === null
    ? null
    : { update, steps, ...(measures as Pick<AnyMetrics, Measured>), episodes, ...evaluated }
}

const isEvaluated = (u: unknown): boolean => isObject(u) && u['evalReturn'] !== undefined

/**
 * Decodes one line of metrics.jsonl.
 *
 * @param last metrics of the line before; its update and steps must be smaller
 */
export const decodeLine = (
  text: string,
  algorithm: AlgorithmName,
  last: Pick<AnyMetrics, 'update' | 'steps'> | undefined,
): E.Either<string, AnyMetrics> => {
  const names = algorithms[algorithm].measured
  const json = parseJson(text, 'expected JSON, got something else or only a part')
  if (E.isLeft(json)) return json
  const decoded = quickly(json.right, names)
  if (decoded === null)
    return pipe(
      lineOf(isEvaluated(json.right) ? [...names, ...EVALUATED] : names).decode(json.right),
      E.mapLeft(describeMistakes),
      E.flatMap(() => E.left('expected the metrics of an update, got others')),
    )
  for (const name of ['update', 'steps'] as const) {
    const [before, now] = [last?.[name] ?? 0, decoded[name]]
    if (now <= before) return E.left(`${name}: expected more than ${before}, got ${now}`)
  }
  return E.right(decoded)
}

const isInfinite = (x: unknown): boolean => x === Infinity || x === -Infinity

const hasInfinite = (metrics: AnyMetrics): boolean =>
  Object.values(metrics).some(isInfinite) ||
  metrics.episodes.some((episode) => isInfinite(episode.return))

/** The line of metrics.jsonl for an update: a JSON object, from which `decodeMetrics` reads the same numbers. */
export const encodeMetrics = (metrics: AnyMetrics): string =>
  hasInfinite(metrics)
    ? `${JSON.stringify(metrics, (_, value: unknown) => written(value))}\n`
    : `${JSON.stringify(metrics)}\n`

/**
 * Decodes lines of metrics.jsonl, one after the other.
 *
 * @throws RangeError at the first line that is wrong, with its number
 */
export function* metricsIn(
  lines: Iterable<string>,
  algorithm: AlgorithmName,
): Generator<AnyMetrics, void, undefined> {
  let last: AnyMetrics | undefined
  let count = 0
  for (const text of lines) {
    count += 1
    const decoded = decodeLine(text, algorithm, last)
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
 * @param algorithm the algorithm of the run, `ppo` by default
 * @returns Left with the first line that is wrong, by its number, and what is wrong with it
 */
export const decodeMetrics = <N extends AlgorithmName = 'ppo'>(
  text: string,
  algorithm?: N,
): E.Either<string, ReadonlyArray<MetricsOf[N]>> => {
  const lines = text.split('\n')
  const ended = lines.pop()
  if (ended !== '') return E.left(`line ${lines.length + 1}: expected a line feed at its end`)
  const out: AnyMetrics[] = []
  for (const [i, text] of lines.entries()) {
    const decoded = decodeLine(text, algorithm ?? 'ppo', out.at(-1))
    if (E.isLeft(decoded)) return E.left(`line ${i + 1}: ${decoded.left}`)
    out.push(decoded.right)
  }
  // Each has every number that the algorithm measures.
  return E.right(out as ReadonlyArray<AnyMetrics & MetricsOf[N]>)
}
