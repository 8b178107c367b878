import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { codec, describeMistakes, fields, toMistakes } from '../algo/codec.ts'
import { updatesOf } from '../algo/ppo/config.ts'
import { isRecord } from '../algo/snapshot.ts'
import { fingerprintCodec, type Fingerprint } from './fingerprint.ts'
import { checkRunConfig, hash, type RunConfig } from './run.ts'

const FORMAT = 'proximal certificate 1'

/** Longest text of all but the chain. */
const LONGEST = 65_536

/** All that it takes to run something again anywhere, and to know whether it was the same. */
export interface Certificate {
  readonly format: typeof FORMAT
  readonly config: RunConfig
  /** where the run was made; where it is verified may be another place */
  readonly fingerprint: Fingerprint
  /** of the last learner */
  readonly hash: string
  /** one link an update, and the starting one before them */
  readonly chain: readonly string[]
}

// One mistake at most, however long the list.
const chain = codec(
  'a list of links of 64 hexadecimal digits, the starting one at least',
  (u): u is readonly string[] => Array.isArray(u) && u.length > 0 && u.every(hash.is),
)

const outline = fields(
  {
    format: t.literal(FORMAT),
    config: t.unknown,
    fingerprint: fingerprintCodec,
    hash,
    chain,
  },
  'a certificate',
)

const parsed = (bytes: Uint8Array): E.Either<string, unknown> =>
  E.tryCatch(
    (): unknown => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)),
    () => 'expected a certificate in JSON, got something else or only a part',
  )

/** Left where there is more to read than a certificate has to say. */
const bounded = (json: unknown): E.Either<string, unknown> => {
  if (!isRecord(json)) return E.right(json)
  const { chain: _, ...rest } = json
  const length = E.tryCatch(
    () => JSON.stringify(rest).length,
    () => 'expected a certificate, got lists in lists too deep to be one',
  )
  return pipe(
    length,
    E.filterOrElse(
      (n) => n <= LONGEST,
      (n) => `expected at most ${LONGEST} characters beside the chain, got ${n}`,
    ),
    E.map(() => json),
  )
}

/** As JSON in UTF-8. */
export const encodeCertificate = (certificate: Certificate): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(certificate, null, 2)}\n`)

/** A certificate from anywhere, or what is wrong with it. Whether it is true, `verify` tells. */
export const decodeCertificate = (bytes: Uint8Array): E.Either<string, Certificate> =>
  pipe(
    parsed(bytes),
    E.flatMap(bounded),
    E.flatMap((json) =>
      pipe(
        outline.decode(json),
        E.mapLeft((errors) => describeMistakes(toMistakes(errors))),
      ),
    ),
    E.flatMap((given) =>
      pipe(
        checkRunConfig(given.config),
        E.mapLeft((problem) => `config: ${problem}`),
        E.map((config): Certificate => ({ ...given, config })),
      ),
    ),
    E.filterOrElse(
      ({ config, chain }) => chain.length <= 1 + updatesOf(config.ppo),
      ({ config, chain }) =>
        `chain: expected at most ${1 + updatesOf(config.ppo)} links, the starting one and one an update, got ${chain.length}`,
    ),
  )
