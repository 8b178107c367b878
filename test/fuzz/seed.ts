import type * as E from 'fp-ts/lib/Either.js'
import type { Draw } from './draw.ts'
import { mutateJson } from './json.ts'

/** A whole file of a format, its decoder, and mutants that come to what lies behind its hash. */
export interface Seed {
  readonly format: string
  readonly name: string
  readonly bytes: Uint8Array
  readonly decode: (bytes: Uint8Array) => E.Either<unknown, unknown>
  /** null where there is nothing but bytes to mutate */
  readonly within: ((draw: Draw, other: Uint8Array) => Uint8Array) | null
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** A file of JSON, whose mutants within are JSON, too. */
export const jsonSeed = (
  format: string,
  name: string,
  bytes: Uint8Array,
  decode: Seed['decode'],
): Seed => ({
  format,
  name,
  bytes,
  decode,
  within: (draw) => utf8(mutateJson(draw, textOf(bytes))),
})
