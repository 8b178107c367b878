import * as E from 'fp-ts/lib/Either.js'
import {
  algorithms,
  type AlgorithmName,
  type AnyMetrics,
  type AnyState,
} from '../algo/algorithm.ts'
import { updatesOf } from '../algo/configFields.ts'
import { attempt } from '../algo/fault.ts'
import { shown } from '../tensor/shown.ts'
import type { Environment } from '../env/environment.ts'
import type { Space } from '../env/space.ts'
import { backend, type BackendName } from '../kernel/backends.ts'
import type { Estimate } from '../algo/ppo/estimate/estimate.ts'
import {
  describeBudget,
  describeEstimate,
  estimateRun,
  expectWithin,
  defaultBudget,
  type Budget,
} from './budget.ts'
import { apart, certificateOf, type Certificate, type Thinned } from './certificate.ts'
import { bestAfter, encodeBest, type Best } from './bestPolicy.ts'
import { evaluatedRun } from './evaluation.ts'
import { wholeRun, type PartsOf } from './segments.ts'
import { A_NAME, isEnvironmentName } from './environmentName.ts'
import { fingerprint } from './fingerprint.ts'
import {
  firstLink,
  isSameMetrics,
  learnerHash,
  nextLink,
  portable,
  sha256Hex,
  type Digest,
} from './hash.ts'
import type { Links } from './links.ts'
import { decodeLine, encodeMetrics } from './metrics.ts'
import { probe } from './probe.ts'
import type { RunConfig } from './config.ts'
import { describeWrongEnvironment, environmentOf, type WrongEnvironment } from './runEnvironment.ts'
import { encodeTrained } from './policy/policySnapshot.ts'

/** The progress of a repeated run. */
export interface Progress {
  readonly update: number
  readonly of: number
}

/** The first link that differs from the recorded one. */
export interface Difference {
  readonly kind: 'update'
  /** 0 is the start */
  readonly update: number
  /** the last update that was verified to be the same; the first difference is later; −1 if none was */
  readonly after: number
  readonly expected: string
  /** the link found instead, or the fault with which the repeated run ended */
  readonly got: string
  /**
   * whether the arithmetic here matches that of the engine that made the run; null if that was not recorded
   */
  readonly sameArithmetic: boolean | null
  /** the estimated cost, if the run exceeds the budget and was not repeated; otherwise absent */
  readonly refused?: Estimate
}

/** A run that was identical to the bit. */
export interface Verified {
  readonly updates: number
  /** of the last learner */
  readonly hash: string
}

/** What a repetition must reproduce: a certificate, or the record of a run folder. */
export interface ExpectedRun extends Pick<Certificate, 'config' | 'hash'> {
  readonly fingerprint?: Certificate['fingerprint']
  /** link 0, then one link per update, or per `thinned.every` updates */
  readonly chain: Links
  /** for a long run: which links are present */
  readonly thinned?: Thinned
  /** further files of a run folder to compare with */
  readonly recorded?: {
    /** the lines of metrics.jsonl */
    readonly lines: Iterable<string>
    /** SHA-256 of params.safetensors */
    readonly params: string
    /** SHA-256 of best.safetensors; null if the run has kept no best policy */
    readonly best?: string | null
  }
}

/** How many updates a claim is about. */
export const updatesIn = ({ chain, thinned }: Pick<ExpectedRun, 'chain' | 'thinned'>): number =>
  thinned?.updates ?? chain.length - 1

/** Whether a line of metrics.jsonl holds these metrics, with its fields in any order. */
const tellsOf = (line: string, algorithm: AlgorithmName, metrics: AnyMetrics): boolean => {
  if (`${line}\n` === encodeMetrics(metrics)) return true
  const decoded = decodeLine(line, algorithm, undefined)
  return E.isRight(decoded) && isSameMetrics(decoded.right, metrics)
}

const linkAfter = (
  link: string,
  metrics: AnyMetrics | null,
  { learner }: AnyState<unknown>,
  digest: Digest = portable,
): string => (metrics === null ? firstLink(learner) : nextLink(link, metrics, learner, digest))

const countOf = (rest: Iterator<unknown>): number => {
  let count = 0
  while (rest.next().done !== true) count += 1
  return count
}

/**
 * Repeats a run with these parts, and compares every link: iterate it to the end.
 *
 * @param digest a faster SHA-256, where there is one
 * @returns Right when all are the same, Left of the first that is not
 * @throws errors that are not faults of the run, such as an invalid config
 */
export function* verifyWith<S>(
  claim: ExpectedRun,
  partsOf: PartsOf<S>,
  kernels: BackendName | 'auto' = 'auto',
  digest: Digest = portable,
): Generator<Progress, E.Either<Difference, Verified>, undefined> {
  const { config, chain, thinned, hash, recorded } = claim
  const of = updatesIn(claim)
  const every = thinned?.every ?? 1
  let same = -1
  const difference = (update: number, expected: string, got: string) =>
    E.left<Difference>({
      kind: 'update',
      update,
      after: Math.min(same, update - 1),
      expected,
      got,
      sameArithmetic:
        claim.fingerprint === undefined
          ? null
          : claim.fingerprint.probe === probe(backend(kernels).machine),
    })

  // A certificate says nothing about evaluations.
  const made = recorded === undefined ? wholeRun(config, partsOf) : evaluatedRun(config, partsOf)
  const next = attempt(() => made.next())
  const lines = recorded?.lines[Symbol.iterator]()
  const nextBest = bestAfter(config)
  let [best, bestHash]: [Best | null, string] = [null, 'none']
  let link = ''
  for (let update = 0; update <= of; update++) {
    const isKept = update % every === 0 || update === of
    const expected = isKept ? (chain.at(Math.ceil(update / every)) ?? '') : 'a run that continues'
    const step = next(undefined)
    if (E.isLeft(step)) return difference(update, expected, step.left.message)
    if (step.right.done === true)
      return difference(update, expected, `the end of the run, after update ${update - 1}`)
    const [metrics, state] = step.right.value
    link = linkAfter(link, metrics, state, digest)
    if (isKept && link !== expected) return difference(update, expected, link)
    if (metrics !== null && lines !== undefined) {
      const line = lines.next()
      if (line.done === true || !tellsOf(line.value, config.algorithm, metrics))
        return difference(update, 'the metrics of metrics.jsonl', 'others')
      best = nextBest(best, metrics)
      if (best?.update === update) bestHash = sha256Hex(encodeBest(config, best, state.learner))
    }
    if (isKept) same = update
    if (update === of) {
      const final = learnerHash(state.learner)
      if (final !== hash) return difference(of, hash, final)
      const more = lines === undefined ? 0 : countOf(lines)
      if (more > 0) return difference(of, `the ${of + more} updates of metrics.jsonl`, String(of))
      if ((recorded?.best ?? null) !== null && recorded?.best !== bestHash)
        return difference(of, 'the policy of best.safetensors', 'another')
      return recorded === undefined || recorded.params === sha256Hex(encodeTrained(state.learner))
        ? E.right({ updates: of, hash })
        : difference(of, 'the parameters of params.safetensors', 'others')
    }
    yield { update, of }
  }
  return difference(0, 'a chain with a starting link', 'an empty one')
}

/** The parts of each config of a run, in an environment. */
const partsIn =
  <S, A extends Space>(
    { algorithm }: RunConfig,
    env: Environment<S, A>,
    kernels: BackendName | 'auto',
  ): PartsOf<S> =>
  (settings) =>
    algorithms[algorithm].parts(settings, env, kernels)

/** Where and with what to run. */
export interface Place<S, A extends Space = Space> {
  /** all backends give the same bits */
  readonly kernels?: BackendName | 'auto'
  /** the custom environment, because a certificate holds only its name; not needed for a built-in one */
  readonly env?: Environment<S, A>
}

/** How to verify a certificate, and the allowed cost. */
export interface VerifyPlace<S, A extends Space = Space> extends Place<S, A> {
  /** ten minutes on a laptop and 2 GiB by default; `io.estimateRun` estimates the cost */
  readonly budget?: Budget
}

/**
 * Repeats the run of a certificate, in this engine and with any backend, and compares every update. It is a
 * generator, so that a page stays responsive and can show the progress: `for (;;) { const { done, value } =
 * verifying.next(); … }`, the last value is the verdict.
 *
 * The certificate of a custom environment is verified in the verifier's own copy of it:
 * `io.verify(certificate, { env: coin })`.
 *
 * @returns Right if everything is identical to the bit; Left with the first update that differs. Left without training if the environment is missing or has another name, or with `refused` if the cost exceeds the budget
 * @throws RangeError when the config is not valid */
export function* verify<S, A extends Space = Space>(
  certificate: Certificate,
  { kernels = 'auto', env, budget = defaultBudget }: VerifyPlace<S, A> = {},
): Generator<Progress, E.Either<Difference | WrongEnvironment, Verified>, undefined> {
  const { config } = certificate
  const found = environmentOf(config, env)
  if (E.isLeft(found)) return found
  const estimated = estimateRun(config, found.right, { to: updatesIn(certificate), kernels })
  if (E.isLeft(expectWithin(budget)(estimated)))
    return E.left({
      kind: 'update',
      update: 0,
      after: -1,
      expected: `work of at most ${describeBudget(budget)}`,
      got: `work of ${describeEstimate(estimated)}`,
      sameArithmetic: null,
      refused: estimated,
    })
  return yield* verifyWith(certificate, partsIn(config, found.right, kernels), kernels)
}

/**
 * Trains a complete run, and makes its certificate.
 *
 * @throws RangeError when the config is not valid or names another environment, or a fault ends the run
 */
export function* certify<S, A extends Space = Space>(
  config: RunConfig,
  { kernels = 'auto', env: given }: Place<S, A> = {},
): Generator<Progress, Certificate, undefined> {
  if (!isEnvironmentName(config.env))
    throw new RangeError(`config.env: expected ${A_NAME}, got ${shown(config.env)}`)
  const found = environmentOf(config, given)
  if (E.isLeft(found)) throw new RangeError(describeWrongEnvironment(found.left))
  const env = found.right
  const of = updatesOf(config.settings)
  const every = apart(of)
  const chain: string[] = []
  let [link, updates] = ['', 0]
  let last: AnyState<S> | null = null
  // Evaluations matter here only where one may end the run.
  const run = config.evaluation?.stopAt === undefined ? wholeRun : evaluatedRun
  for (const [metrics, state] of run(config, partsIn(config, env, kernels))) {
    link = linkAfter(link, metrics, state)
    if (state.update % every === 0) chain.push(link)
    ;[last, updates] = [state, state.update]
    yield { update: state.update, of }
  }
  if (updates % every > 0) chain.push(link)
  const hash = last === null ? '' : learnerHash(last.learner)
  return certificateOf({ config, hash, updates, chain, fingerprint: fingerprint(kernels) })
}

/** Describes a difference, and what probably caused it. */
export const describeDifference = (difference: Difference | WrongEnvironment): string => {
  if (difference.kind === 'environment') return describeWrongEnvironment(difference)
  const { update, after, expected, got, sameArithmetic, refused } = difference
  if (refused !== undefined) return `was not run: expected ${expected}, got ${got}`
  const place =
    after < update - 1 ? `one of the updates ${after + 1} to ${update}` : `update ${update}`
  const where = `differs first at ${place}: expected ${expected}, got ${got}`
  if (sameArithmetic === null) return where
  return sameArithmetic
    ? `${where}; the arithmetic here matches the certificate, so the program, the environment or the certificate differs`
    : `${where}; the arithmetic here does not match the certificate: this engine or machine computes different bits, or the probe has another version`
}
