import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { shown } from '../../tensor/shown.ts'
import type { TokenKind } from '../../rlhf/vocabulary.ts'
import type { Budget } from '../../run/budget.ts'
import { backendOptions, parseSameBits, type BackendOptions } from '../backendOptions.ts'
import { budgetOptions, parseBudget } from '../budget.ts'
import { wholeNumber, type Given } from '../options.ts'
import type { Problem } from '../problem.ts'
import { NAMES } from './corpusFile.ts'

/** Options that decide what a new run learns; a run that goes on keeps its own. */
const choices = {
  from: { type: 'string' },
  corpus: { type: 'string' },
  chars: { type: 'boolean' },
  words: { type: 'boolean' },
  beta: { type: 'string' },
  'target-kl': { type: 'string' },
  comparisons: { type: 'string' },
  updates: { type: 'string' },
  seed: { type: 'string' },
  out: { type: 'string' },
} as const

export const rlhfOptions = {
  ...choices,
  reward: { type: 'string' },
  resume: { type: 'string' },
  json: { type: 'boolean' },
  ...backendOptions,
  ...budgetOptions,
} as const

type Arguments = Given<typeof rlhfOptions>

/** How a run is run. */
export interface RlhfHow {
  readonly backend: BackendOptions
  readonly budget: Budget
  readonly json: boolean
}

/**
 * The user's settings for a new run; undefined: the default, or the setting of the run that it starts from.
 */
export interface RlhfChoices {
  readonly from: string | undefined
  readonly corpus: string | undefined
  readonly tokens: TokenKind | undefined
  readonly beta: number | undefined
  readonly targetKl: number | undefined
  readonly comparisons: string | undefined
  readonly reward: string | undefined
  readonly updates: number | undefined
  readonly seed: number | undefined
  readonly out: string | undefined
}

const atLeast = (
  name: string,
  text: string | undefined,
  isRight: (x: number) => boolean,
  expected: string,
): E.Either<Problem, number | undefined> => {
  if (text === undefined) return E.right(undefined)
  const x = Number(text)
  return text.trim() !== '' && Number.isFinite(x) && isRight(x)
    ? E.right(x)
    : E.left(`--${name}: expected ${expected}, got ${shown(text)}`)
}

const whole = (
  name: string,
  text: string | undefined,
  least: number,
): E.Either<Problem, number | undefined> =>
  text === undefined ? E.right(undefined) : wholeNumber(name, text, least, least)

export const parseHow = ({ values }: Arguments): E.Either<Problem, RlhfHow> =>
  pipe(
    E.Do,
    E.bind('backend', () => parseSameBits(values)),
    E.bind('budget', () => parseBudget(values.budget)),
    E.let('json', () => values.json ?? false),
  )

/** The folder of --resume, which goes with no choice about the run. */
export const parseRlhfResume = ({ values }: Arguments): E.Either<Problem, string> => {
  const given = Object.keys(choices).find((name) => name in values)
  if (given !== undefined)
    return E.left(
      `--${given}: expected no option that changes the run with --resume: use --from to start another run from its stages`,
    )
  return values.resume === '' || values.resume === undefined
    ? E.left('--resume: expected the folder of a run, got "": name one')
    : E.right(values.resume)
}

export const parseChoices = ({ values }: Arguments): E.Either<Problem, RlhfChoices> => {
  const empty = (['from', 'corpus', 'comparisons', 'reward', 'out'] as const).find(
    (name) => values[name] === '',
  )
  if (empty !== undefined) return E.left(`--${empty}: expected a name, got "": name one`)
  if (values.chars === true && values.words === true)
    return E.left('--words: expected one of --chars and --words, got both')
  if (values.comparisons !== undefined && values.reward !== undefined)
    return E.left(
      '--reward: expected one of --comparisons and --reward, got both: the module replaces the reward model',
    )
  const tokens = values.words === true ? 'words' : values.chars === true ? 'characters' : undefined
  if (tokens !== undefined && (values.corpus ?? NAMES) === NAMES)
    return E.left(
      `--${tokens === 'words' ? 'words' : 'chars'}: expected only with --corpus FILE: leave it out`,
    )
  return pipe(
    E.Do,
    E.bind('beta', () => atLeast('beta', values.beta, (x) => x >= 0, 'a number >= 0')),
    E.bind('targetKl', () =>
      atLeast('target-kl', values['target-kl'], (x) => x > 0, 'a number > 0'),
    ),
    E.bind('updates', () => whole('updates', values.updates, 1)),
    E.bind('seed', () => whole('seed', values.seed, 0)),
    E.filterOrElse(
      ({ beta, targetKl }) => beta !== 0 || targetKl === undefined,
      (): Problem => '--beta: expected a number > 0 with --target-kl, got 0: β starts there',
    ),
    E.let('tokens', () => tokens),
    E.let('from', () => values.from),
    E.let('corpus', () => values.corpus),
    E.let('comparisons', () => values.comparisons),
    E.let('reward', () => values.reward),
    E.let('out', () => values.out),
  )
}
