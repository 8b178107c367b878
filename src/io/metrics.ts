import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { describeMistakes, every, number, toMistakes } from '../algo/codec.ts'
import type { Metrics } from '../algo/ppo/iterate.ts'

/** JSON writes finite numbers only: NaN is null in a line, an infinite number its name as text. */
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

const decodeLine = (text: string, last: Metrics | undefined): E.Either<string, Metrics> => {
  const json = parse(text)
  if (E.isLeft(json)) return json
  const decoded = line.decode(json.right)
  if (E.isLeft(decoded)) return E.left(describeMistakes(toMistakes(decoded.left)))
  for (const name of ['update', 'steps'] as const) {
    const [before, now] = [last?.[name] ?? 0, decoded.right[name]]
    if (now <= before) return E.left(`${name}: expected more than ${before}, got ${now}`)
  }
  return decoded
}

/** The line of metrics.jsonl for an update: a JSON object, from which `decodeMetrics` reads the same numbers. */
export const encodeMetrics = (metrics: Metrics): string =>
  `${JSON.stringify(metrics, (_, value: unknown) => written(value))}\n`

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
