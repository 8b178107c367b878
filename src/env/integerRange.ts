/**
 * Longer unions slow down the compiler, flood its errors, and hit its recursion limit at 999: beyond
 * this length the type is `number`.
 */
type Longest = 64

/** A tuple type of N entries; null unless N is a literal whole number up to the longest. */
type Row<N extends number, R extends unknown[] = []> = number extends N
  ? null
  : R['length'] extends N
    ? R
    : R['length'] extends Longest
      ? null
      : Row<N, [...R, unknown]>

type Minus<N> = `-${N & number}` extends `${infer M extends number}` ? M : never

/**
 * A union of N whole numbers. It starts at −length(D), or at length(P) if D is empty.
 *
 * @typeParam R its length counts the numbers that are in `Out` already
 */
type Count<
  N extends number,
  D extends unknown[],
  P extends unknown[],
  R extends unknown[] = [],
  Out = never,
> = R['length'] extends N
  ? Out
  : R['length'] extends Longest
    ? number
    : D extends [unknown, ...infer Nearer]
      ? Count<N, Nearer, P, [...R, unknown], Out | Minus<D['length']>>
      : Count<N, [], [...P, unknown], [...R, unknown], Out | P['length']>

type Below<N extends number> = Count<N, [], []>

/**
 * The whole numbers Start, Start + 1 … Start + N − 1, where both are literals and N is at most 64;
 * `number` otherwise.
 */
export type IntegerRange<N extends number, Start extends number> = number extends N | Start
  ? number
  : N extends number
    ? Start extends 0
      ? Below<N>
      : `${Start}` extends `-${infer M extends number}`
        ? Row<M> extends infer D extends unknown[]
          ? Count<N, D, []>
          : number
        : Row<Start> extends infer P extends unknown[]
          ? Count<N, [], P>
          : number
    : never
