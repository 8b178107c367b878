import { isEnd, type ChainLine } from './lines.ts'
import type { StageName } from './stage.ts'

/** The first place where a repeated run differs. */
export interface StageDifference {
  readonly stage: StageName
  /** the epoch or update of the stage; null: the stage as a whole */
  readonly step: number | null
  readonly problem: string
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const problemOf = (expected: ChainLine | undefined, got: ChainLine): string => {
  if (expected === undefined) return 'expected the end of the chain, got more'
  if (expected.stage !== got.stage || isEnd(expected) !== isEnd(got))
    return `expected ${isEnd(expected) ? 'the end' : `step ${expected.step}`} of ${expected.stage}, got ${isEnd(got) ? 'the end' : `step ${got.step}`} of ${got.stage}`
  if (isEnd(expected) && isEnd(got))
    return expected.input === got.input ? 'the output differs' : 'the inputs differ'
  if (isEnd(expected) || isEnd(got)) return ''
  const metric = Object.keys({ ...expected.metrics, ...got.metrics }).find(
    (name) => !isSame(expected.metrics[name], got.metrics[name]),
  )
  return metric === undefined
    ? 'the state differs'
    : `${metric}: expected ${expected.metrics[metric] ?? 'none'}, got ${got.metrics[metric] ?? 'none'}`
}

/**
 * How a line of a repeated run differs from the recorded one; null if it is the same, and so are all before
 * it.
 */
export const differenceAt = (
  expected: ChainLine | undefined,
  got: ChainLine,
): StageDifference | null =>
  expected?.link === got.link
    ? null
    : {
        stage: got.stage,
        step: isEnd(got) ? null : got.step,
        problem: problemOf(expected, got),
      }

/** `ppo, update 3: the state differs` */
export const describeStageDifference = ({ stage, step, problem }: StageDifference): string =>
  `${stage}${step === null ? '' : `, ${stage === 'ppo' ? 'update' : 'epoch'} ${step}`}: ${problem}`
