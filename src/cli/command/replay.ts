import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { updatesOf } from '../../algo/configFields.ts'
import {
  apart,
  certificateOf,
  decodeCertificate,
  encodeCertificate,
  type Certificate,
} from '../../run/certificate.ts'
import * as file from '../../run/disk/file.ts'
import { fingerprint } from '../../run/fingerprint.ts'
import { sha256Hex } from '../../run/hash.ts'
import { nodeSha256 } from '../../run/nodeSha256.ts'
import { isPipeline } from '../../run/rlhf/pipelineFolder.ts'
import { readLines, readRun } from '../../run/folder/runFolder.ts'
import {
  describeDifference,
  updatesIn,
  verifyWith,
  type ExpectedRun,
  type Difference,
} from '../../run/verify.ts'
import { describeEstimate, estimateRun } from '../../run/budget.ts'
import { budgetOptions, expectAffordable, parseBudget } from '../budget.ts'
import { defineCommand } from '../command.ts'
import {
  backendOptions,
  describeFewer,
  parseSameBits,
  threadsOf,
  type BackendOptions,
} from '../backendOptions.ts'
import { environmentOf, environmentOptions } from '../environment.ts'
import { openBackend } from '../backend.ts'
import { fromFile, type Problem } from '../problem.ts'
import { pauses } from '../pause.ts'
import { replayGpu } from '../replayGpu.ts'
import { replayPipeline } from '../rlhf/replayPipeline.ts'
import { grouped, openConsole, progress, type Console } from '../console.ts'
import type { RunEnvironment } from '../runEnvironment.ts'

/** The claim of a run folder or a certificate about a run. */
const readClaim = (name: string): E.Either<Problem, ExpectedRun> =>
  file.isFile(name)
    ? pipe(
        fromFile(file.readGiven(name)),
        E.flatMap((bytes) =>
          pipe(
            decodeCertificate(bytes),
            E.mapLeft((problem) => `${name}: ${problem}`),
          ),
        ),
      )
    : pipe(
        fromFile(readRun(name)),
        E.map((run) => ({
          config: run.config,
          hash: run.hash,
          chain: run.chain,
          recorded: { lines: readLines(name, run), params: sha256Hex(run.params), best: run.best },
        })),
        E.filterOrElse(
          ({ config, chain }) => chain.length - 1 <= updatesOf(config.settings),
          ({ config, chain }): Problem =>
            `${name}: expected at most ${updatesOf(config.settings)} updates in its chain, got ${chain.length - 1}`,
        ),
      )

/** The links that the certificate of a claim stores. */
const chainFor = ({ chain, thinned }: ExpectedRun, updates: number): Certificate['chain'] => {
  const every = thinned === undefined ? apart(updates) : 1
  const last = chain.length - 1
  return Array.from({ length: 1 + Math.ceil(last / every) }, (_, i) =>
    chain.at(Math.min(i * every, last)),
  ).map((link) => link!)
}

/** The file for a certificate, which must be new. */
const certificateFile = (path: string | undefined): E.Either<Problem, string | undefined> => {
  if (path !== undefined && file.exists(path))
    return E.left(`${path}: already exists and was not overwritten: choose another path`)
  return path !== undefined && !file.isFolder(file.folderOf(path))
    ? E.left(
        `--certificate: expected a new file in an existing folder, got ${JSON.stringify(path)}`,
      )
    : E.right(path)
}

/** What to replay, and in what. */
interface Replay {
  readonly name: string
  readonly claim: ExpectedRun
  readonly environment: RunEnvironment
  readonly backend: BackendOptions
}

/** Repeats the run of a claim, and returns the first difference, if any. */
const verify =
  ({ name, claim, environment, backend }: Replay, screen: Console) =>
  async (): Promise<E.Either<Difference, unknown>> => {
    const updates = updatesIn(claim)
    const bar = progress(screen, `replay of ${name}`, updates, 'updates')
    const opened = await openBackend(claim.config, environment, backend, { to: updates })
    const fewer = describeFewer(backend, opened.threads)
    if (fewer !== null) screen.say(fewer)
    const pause = pauses()
    try {
      const verifying = verifyWith(claim, opened.partsOf, backend.kernels, nodeSha256)
      for (;;) {
        const { done, value } = verifying.next()
        if (done === true) return value
        bar.update(value.update, () => 'same')
        await pause()
      }
    } finally {
      bar.stop()
      await opened.stop()
    }
  }

const writeCertificate = (
  path: string,
  claim: ExpectedRun,
  { kernels }: BackendOptions,
): E.Either<Problem, unknown> => {
  const updates = updatesIn(claim)
  const { config, hash } = claim
  const certificate = certificateOf({
    config,
    fingerprint: fingerprint(kernels),
    hash,
    updates,
    chain: chainFor(claim, updates),
  })
  return fromFile(file.writeNew(path, encodeCertificate(certificate)))
}

const replayKernels = (
  replay: Replay,
  certificate: string | undefined,
  screen: Console,
): TE.TaskEither<Problem, number> => {
  const { name, claim, backend } = replay
  const updates = updatesIn(claim)
  return pipe(
    TE.fromTask(verify(replay, screen)),
    TE.tapEither((verdict) => {
      if (E.isLeft(verdict)) {
        screen.say(describeDifference(verdict.left))
        return E.right(undefined)
      }
      screen.say(`identical to the bit: ${grouped(updates)} updates, hash ${claim.hash}`)
      if (certificate === undefined) return E.right(undefined)
      return pipe(
        writeCertificate(certificate, claim, backend),
        E.map(() => screen.say(`certificate ${certificate}`)),
      )
    }),
    TE.map((verdict) => {
      const same = E.isRight(verdict)
      screen.result(() => ({
        run: name,
        same,
        updates,
        firstDifference: E.isLeft(verdict) ? verdict.left.update : null,
        hash: claim.hash,
      }))
      return same ? 0 : 1
    }),
  )
}

type Values = Parameters<typeof parseSameBits>[0] & {
  readonly [K in 'certificate' | 'env' | 'reward' | 'budget']?: string | undefined
}

/** Left if the option is given for a run that no module scored. */
const withoutReward = ({ reward }: Values): E.Either<Problem, object> =>
  reward === undefined
    ? E.right({})
    : E.left('--reward: expected only for a run of proximal rlhf: leave it out')

/** Repeats a run of `rlhf`. */
const replayStages = (
  name: string,
  values: Values,
  screen: Console,
): TE.TaskEither<Problem, number> => {
  const option = (['certificate', 'env'] as const).find((one) => values[one] !== undefined)
  if (option !== undefined)
    return TE.left(`--${option}: expected none for a run of proximal rlhf: leave it out`)
  return pipe(
    E.Do,
    E.bind('backend', () => parseSameBits(values)),
    E.bind('budget', () => parseBudget(values.budget)),
    TE.fromEither,
    TE.flatMap(({ backend, budget }) =>
      replayPipeline(name, values.reward, backend, budget, screen),
    ),
  )
}

/**
 * Repeats the run of a stored config, and compares every update with the record. With --certificate, it also
 * writes a certificate of the verified run.
 */
export const command = defineCommand({
  name: 'replay',
  example: 'proximal replay runs/cartpole-seed1 --backend js',
  usage: `  proximal replay <run>   repeat a run and compare every update, to the bit; <run> is a run folder,
                          also of rlhf, or a certificate
    --reward FILE         the module that scored an rlhf run
    --certificate FILE    write a certificate of the run, which anyone can verify
    --budget BUDGET       refuse more work than this: a time on a laptop (90s, 10min, 3h, 2d),
                          memory (512MiB, 4GiB), both (3h,4GiB), or none (10min,2GiB)
    --threads N, --backend NAME, --json
`,
  options: {
    json: { type: 'boolean' },
    certificate: { type: 'string' },
    reward: { type: 'string' },
    ...environmentOptions,
    ...backendOptions,
    ...budgetOptions,
  },
  positionals: () => ['<run>'],
  run: ({ values, names: [name = ''] }, streams) => {
    const screen = openConsole(streams, values.json)
    if (isPipeline(name)) return replayStages(name, values, screen)
    return pipe(
      withoutReward(values),
      E.bind('backend', () => parseSameBits(values)),
      E.bind('budget', () => parseBudget(values.budget)),
      E.bind('certificate', () => certificateFile(values.certificate)),
      E.bind('claim', () => readClaim(name)),
      TE.fromEither,
      TE.bind('environment', ({ claim }) => environmentOf(claim.config, values, screen)),
      TE.bind('threads', ({ backend }) => TE.fromTask(() => threadsOf(backend))),
      TE.tapEither(({ claim, environment, backend, budget, threads }) =>
        pipe(
          estimateRun(claim.config, environment.env, {
            to: claim.config.gpu === undefined ? updatesIn(claim) : 1,
            evaluated: claim.recorded !== undefined,
            threads,
            kernels: backend.kernels,
          }),
          expectAffordable(name, budget),
          E.map((estimated) => screen.say(`takes ${describeEstimate(estimated)}`)),
        ),
      ),
      TE.flatMap(({ claim, environment, backend, certificate }) => {
        const { gpu } = claim.config
        return gpu === undefined
          ? replayKernels({ name, claim, environment, backend }, certificate, screen)
          : replayGpu(name, gpu, environment, backend, certificate, screen)
      }),
    )
  },
})
