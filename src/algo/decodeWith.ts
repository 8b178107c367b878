import * as E from 'fp-ts/lib/Either.js'
import { snapshot } from './snapshot.ts'
import type { Codec } from './codec.ts'
import { describeMistake, describeMistakes, ROOT, type Mistake } from './mistake.ts'

/** A config from outside the program, or everything that is wrong with it. */
export type Decode<C> = (input: unknown) => E.Either<readonly Mistake[], C>

/** A relation between fields: which fields it reads, and what is wrong with them, if anything. */
export interface Relation<C> {
  readonly reads: readonly string[]
  readonly check: (config: C) => Mistake | null
}

const touches = (mistakes: readonly Mistake[], path: string): boolean =>
  mistakes.some(
    (wrong) =>
      path === wrong.path || path.startsWith(`${wrong.path}.`) || wrong.path.startsWith(`${path}.`),
  )

/** All mistakes at once: invalid fields, unknown fields, and valid fields that break a relation. */
export const decodeWith =
  <C>(codec: Codec<C>, relations: ReadonlyArray<Relation<C>>): Decode<C> =>
  (given) => {
    const input = snapshot(given)
    const decoded = codec.decode(input)
    const wrong = E.isLeft(decoded) ? decoded.left : []
    if (wrong.some(({ path }) => path === ROOT)) return E.left(wrong)
    const together = relations
      .filter(({ reads }) => !reads.some((path) => touches(wrong, path)))
      .flatMap(({ check }) => check(input as C) ?? [])
    const mistakes = [...wrong, ...together]
    return E.isLeft(decoded) || mistakes.length > 0 ? E.left(mistakes) : decoded
  }

/** With more missing fields than this, the config was probably written without a preset. */
const FEW = 3

const describeAll = (mistakes: readonly Mistake[], algorithm: string): string => {
  const isMissing = ({ got, path }: Mistake): boolean => got === undefined && path !== ROOT
  const missing = mistakes.filter(isMissing).map(({ path }) => path)
  if (missing.length <= FEW) return describeMistakes(mistakes)
  const others = mistakes.filter((mistake) => !isMissing(mistake))
  return [
    `config: expected every field, ${missing.length} are missing (${missing.slice(0, FEW).join(', ')} …): fill them in from a preset, as in ${algorithm}.config({ preset: '…', ...yours })`,
    ...others.map((mistake) => `  ${describeMistake(mistake)}`),
  ].join('\n')
}

/** @throws RangeError unless the config is valid, with everything that is wrong with it */
export const checkedBy =
  <C>(decode: Decode<C>, algorithm: string) =>
  (config: C): C => {
    const decoded = decode(config)
    if (E.isLeft(decoded)) throw new RangeError(describeAll(decoded.left, algorithm))
    return config
  }
