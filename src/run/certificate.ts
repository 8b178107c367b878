import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { anything, codec, fields, literal, number, type TypeOf } from '../algo/codec.ts'
import { describeMistakes, type Mistake } from '../algo/mistake.ts'
import { updatesOf } from '../algo/configFields.ts'
import { parseJson } from '../format/json.ts'
import { isRecord } from '../algo/snapshot.ts'
import { fingerprintCodec, type Fingerprint } from './fingerprint.ts'
import { checkRunConfig, hash, type RunConfig } from './config.ts'

/** Format of a certificate with every link. */
const WHOLE = 'proximal certificate 1'
/** Format of a certificate of a long run, with every k-th link. */
const THINNED = 'proximal certificate 2'

/** Maximum number of links in a certificate, apart from the first and the last. */
const MOST_LINKS = 100_000

/** Longest text of all but the chain. */
const LONGEST = 65_536

/** Which links a certificate holds: 0, `every`, 2 · `every` …, and the last one. */
export interface Thinned {
  readonly every: number
  /** total updates of the run */
  readonly updates: number
}

/** Everything needed to repeat a run anywhere, and to check that it is identical. */
export interface Certificate {
  readonly format: typeof WHOLE | typeof THINNED
  readonly config: RunConfig
  /** the engine that made the run; another one may verify it */
  readonly fingerprint: Fingerprint
  /** of the last learner */
  readonly hash: string
  /** link 0, then one link per update, or per `thinned.every` updates */
  readonly chain: readonly string[]
  /** only for more than 100,000 updates, where not every link is stored */
  readonly thinned?: Thinned
}

/** Updates between two stored links: 1 for runs of up to 100,000 updates. */
export const apart = (updates: number): number => Math.max(1, Math.ceil(updates / MOST_LINKS))

/** The number of stored links. */
const linksOf = ({ every, updates }: Thinned): number => 1 + Math.ceil(updates / every)

/**
 * Makes the certificate of a run.
 *
 * @param chain link 0, every `apart(updates)`-th link after it, and the last one
 */
export const certificateOf = ({
  updates,
  ...run
}: Omit<Certificate, 'format' | 'thinned'> & { readonly updates: number }): Certificate => {
  const every = apart(updates)
  return every === 1
    ? { format: WHOLE, ...run }
    : { format: THINNED, ...run, thinned: { every, updates } }
}

// One mistake at most, however long the list.
const chain = codec(
  'a list of links of 64 hexadecimal digits, at least the starting one',
  (u): u is readonly string[] => Array.isArray(u) && u.length > 0 && u.every(hash.is),
)

const common = { config: anything, fingerprint: fingerprintCodec, hash, chain }

const whole = fields({ format: literal(WHOLE), ...common }, 'a certificate')

const thinned = fields(
  {
    format: literal(THINNED),
    ...common,
    thinned: fields({
      every: number({ from: 2, whole: true }),
      updates: number({ from: 1, whole: true }),
    }),
  },
  'a certificate',
)

type Given = TypeOf<typeof whole> | TypeOf<typeof thinned>

const outline = (json: unknown): E.Either<readonly Mistake[], Given> =>
  isRecord(json) && json['format'] === THINNED ? thinned.decode(json) : whole.decode(json)

/** Describes a wrong number of links. */
const wrongLength = ({ config, chain, thinned: some }: Certificate): string | null => {
  const most = updatesOf(config.settings)
  if (some === undefined)
    return chain.length <= 1 + most
      ? null
      : `chain: expected at most ${1 + most} links, the starting one and one per update, got ${chain.length}`
  if (some.updates > most) return `thinned.updates: expected at most ${most}, got ${some.updates}`
  return chain.length === linksOf(some)
    ? null
    : `chain: expected ${linksOf(some)} links, one every ${some.every} updates, got ${chain.length}`
}

/** Left where there is more to read than a certificate has to say. */
const bounded = (json: unknown): E.Either<string, unknown> => {
  if (!isRecord(json)) return E.right(json)
  const { chain: _, ...rest } = json
  const length = E.tryCatch(
    () => JSON.stringify(rest).length,
    () => 'expected a certificate, got lists nested too deeply',
  )
  return pipe(
    length,
    E.filterOrElse(
      (n) => n <= LONGEST,
      (n) => `expected at most ${LONGEST} characters besides the chain, got ${n}`,
    ),
    E.map(() => json),
  )
}

/** As JSON in UTF-8. */
export const encodeCertificate = (certificate: Certificate): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(certificate, null, 2)}\n`)

/** Decodes an untrusted certificate, or says what is wrong with it. `verify` checks whether it is true. */
export const decodeCertificate = (bytes: Uint8Array): E.Either<string, Certificate> =>
  pipe(
    parseJson(bytes, 'expected a certificate in JSON, got something else or only a part'),
    E.flatMap(bounded),
    E.flatMap((json) => pipe(outline(json), E.mapLeft(describeMistakes))),
    E.flatMap((given) =>
      pipe(
        checkRunConfig(given.config),
        E.mapLeft((problem) => `config: ${problem}`),
        E.map((config): Certificate => ({ ...given, config })),
      ),
    ),
    E.flatMap((certificate) => {
      const wrong = wrongLength(certificate)
      return wrong === null ? E.right(certificate) : E.left(wrong)
    }),
  )
