import * as E from 'fp-ts/lib/Either.js'
import { isObject } from '../../format/json.ts'
import { parseStrict } from '../../format/strictJson.ts'
import { sha256Hex } from '../hash.ts'
import type { StageName } from './stage.ts'

/** An epoch or an update of a stage, the number of which is `step`. */
export interface StepBody {
  readonly stage: StageName
  readonly step: number
  readonly metrics: Readonly<Record<string, number | null>>
  /** SHA-256 of the whole state after it */
  readonly state: string
}

/** The end of a stage. */
export interface EndBody {
  readonly stage: StageName
  /** hash of all that the stage is a function of */
  readonly input: string
  /** SHA-256 of the file of its output */
  readonly output: string
}

export type Body = StepBody | EndBody

/** A line of `chain.jsonl`: what happened, and the link of the hash chain up to here. */
export type ChainLine = Body & { readonly link: string }

export const isEnd = <B extends Body>(body: B): body is Extract<B, EndBody> => 'output' in body

const textOf = (body: Body): string =>
  JSON.stringify(
    isEnd(body)
      ? { stage: body.stage, input: body.input, output: body.output }
      : { stage: body.stage, step: body.step, metrics: body.metrics, state: body.state },
  )

/** The link after another: SHA-256 of that one and of what happened then. */
export const linked = (before: string, body: Body): ChainLine => ({
  ...body,
  link: sha256Hex(new TextEncoder().encode(`${before}\n${textOf(body)}`)),
})

/** A line with its line feed. */
export const encodeLine = (line: ChainLine): string =>
  `${textOf(line).slice(0, -1)},"link":"${line.link}"}\n`

const HASH = /^[0-9a-f]{64}$/
const LEVELS = 3

const isHash = (u: unknown): u is string => typeof u === 'string' && HASH.test(u)

const areMetrics = (u: unknown): u is StepBody['metrics'] =>
  isObject(u) && Object.values(u).every((x) => x === null || typeof x === 'number')

const decodeLine = (text: string, stages: readonly StageName[]): ChainLine | null => {
  const parsed = parseStrict(text, LEVELS)
  if (E.isLeft(parsed) || !isObject(parsed.right)) return null
  const { stage: name, step, metrics, state, input, output, link } = parsed.right
  const stage = stages.find((known) => known === name)
  if (stage === undefined || !isHash(link)) return null
  if (isHash(input) && isHash(output)) return { stage, input, output, link }
  return Number.isSafeInteger(step) && areMetrics(metrics) && isHash(state)
    ? { stage, step: Number(step), metrics, state, link }
    : null
}

/**
 * The lines of a chain, up to the first that cannot be read or does not follow from the ones before.
 *
 * @param first the link before the first line
 */
export const decodeLines = (
  first: string,
  stages: readonly StageName[],
  text: string,
): readonly ChainLine[] => {
  const lines: ChainLine[] = []
  let link = first
  for (const row of text.split('\n')) {
    const line = decodeLine(row, stages)
    if (line === null || encodeLine(linked(link, line)) !== `${row}\n`) break
    lines.push(line)
    link = line.link
  }
  return lines
}
