import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { describeMistakes, every, number, toMistakes } from '../algo/codec.ts'
import type { Metrics } from '../algo/ppo/iterate.ts'

/** JSON has no NaN: it is null there. */
const measured = new t.Type<number>(
  'a number or null',
  (u): u is number => typeof u === 'number',
  (u, context) =>
    u === null
      ? t.success(NaN)
      : typeof u === 'number' && Number.isFinite(u)
        ? t.success(u)
        : t.failure(u, context),
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

/**
 * The metrics of a run, of the text of its metrics.jsonl: one JSON object a line, updates and steps
 * rising. null is NaN; fields of later versions are left out.
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
