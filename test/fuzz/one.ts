import * as E from 'fp-ts/lib/Either.js'
import { requested } from './allocation.ts'
import { mutateBytes } from './bytes.ts'
import { drawOf } from './draw.ts'
import type { Seed } from './seed.ts'

/** What a decoder made of a mutant. */
export interface Outcome {
  readonly format: string
  readonly seed: string
  readonly bytes: Uint8Array
  readonly isRight: boolean
  readonly milliseconds: number
  /** that arrays of numbers asked for */
  readonly allocated: number
  /** what it threw; null where it kept its word */
  readonly threw: string | null
}

/** How often each format comes: the ones with the most behind them more. */
const SHARES: { readonly [format: string]: number } = { checkpoint: 4, 'config.json': 2 }

export type Formats = ReadonlyMap<string, readonly Seed[]>

/** Mutant number `one`, half of them with all hashes as they should be. */
export const mutant = (
  formats: Formats,
  seed: number,
  one: number,
): { readonly from: Seed; readonly bytes: Uint8Array } => {
  const draw = drawOf(seed, one)
  const names = [...formats.keys()].flatMap((name) => Array<string>(SHARES[name] ?? 1).fill(name))
  const from = draw.oneOf(formats.get(draw.oneOf(names))!)
  const other = draw.oneOf(formats.get(draw.unit() < 0.8 ? from.format : draw.oneOf(names))!)
  const bytes =
    from.within !== null && draw.unit() < 0.5
      ? from.within(draw, other.bytes)
      : mutateBytes(draw, from.bytes, other.bytes)
  return { from, bytes }
}

export const decodeOne = (formats: Formats, seed: number, one: number): Outcome => {
  const { from, bytes } = mutant(formats, seed, one)
  const before = requested()
  const started = performance.now()
  let threw: string | null = null
  let isRight = false
  try {
    isRight = E.isRight(from.decode(bytes))
  } catch (error) {
    threw = error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
  return {
    format: from.format,
    seed: from.name,
    bytes,
    isRight,
    milliseconds: performance.now() - started,
    allocated: requested() - before,
    threw,
  }
}
