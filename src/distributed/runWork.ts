import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { anything, number, shape, string } from '../algo/codec.ts'
import { describeMistakes } from '../algo/mistake.ts'
import { canonicalJson, parseJson } from '../format/json.ts'
import type { BackendName } from '../kernel/backends.ts'
import { checkSettings, hash, readAlgorithm } from '../run/config.ts'
import { isKnownProblem } from '../run/disk/file.ts'
import { environmentName } from '../run/environmentName.ts'
import type { Job } from '../sweep/plan.ts'
import { decodeResults, encodeResult, type JobResult } from '../sweep/result.ts'
import { runJob } from '../sweep/runJob.ts'
import { blobOf, noBlob } from './blob.ts'
import { messageOf } from './errors.ts'
import { expectRight, type FindEnvironment } from './rolloutWork.ts'
import type { Shard } from './shard.ts'

/** Bytes that the result of a run may have. */
const LARGEST = 65_536

const outline = shape({
  key: hash,
  env: shape({ name: environmentName }, { module: shape({ sha256: hash }) }),
  algorithm: string,
  settings: anything,
  seed: number({ from: 0, whole: true }),
  episodes: number({ from: 1, whole: true }),
})

/** A run of a sweep or a search as a shard: it follows from its settings and seed alone. */
export const shardOfRun = (job: Job): Shard => ({
  kind: 'run',
  run: job.key,
  iteration: 0,
  index: 0,
  key: { words: [0, 0] },
  spec: blobOf(new TextEncoder().encode(canonicalJson(job))),
  params: noBlob,
  states: noBlob,
  largest: LARGEST,
})

const decodeJob = (bytes: Uint8Array): E.Either<string, Job> =>
  pipe(
    parseJson(bytes, 'run: expected JSON, got something else'),
    E.flatMap((json) =>
      pipe(
        outline.decode(json),
        E.mapLeft((mistakes) => `run: ${describeMistakes(mistakes)}`),
      ),
    ),
    E.bindTo('job'),
    E.bind('algorithm', ({ job }) => readAlgorithm(job.algorithm)),
    E.bind('settings', ({ job, algorithm }) => checkSettings(algorithm, job.settings)),
    E.map(({ job: { key, env, seed, episodes }, algorithm, settings }) => ({
      key,
      env: env.module === undefined ? { name: env.name } : { name: env.name, module: env.module },
      algorithm,
      settings,
      seed,
      episodes,
    })),
  )

/** Makes whole runs, on one thread each. */
export const runWork =
  (find: FindEnvironment, kernels: BackendName) =>
  async ({ spec }: Shard): Promise<Uint8Array> => {
    const job = expectRight(decodeJob(spec.bytes))
    const env = await find(job.env)
    const result = (): JobResult => {
      try {
        const steps = runJob(env, job, kernels)
        for (;;) {
          const { done, value } = steps.next()
          if (done === true) return E.right(value)
        }
      } catch (error) {
        // What this machine cannot do is no fault of the run.
        if (isKnownProblem(error)) throw error
        return E.left(messageOf(error))
      }
    }
    return new TextEncoder().encode(encodeResult(job.key, result(), 0))
  }

/** Reads the result of a run, which anyone may have written. */
export const readRun =
  ({ run }: Pick<Shard, 'run'>) =>
  (payload: Uint8Array): E.Either<string, JobResult> => {
    const { results } = decodeResults([new TextDecoder().decode(payload).trimEnd()])
    const found = results.get(run)
    return found === undefined || results.size !== 1
      ? E.left(`payload: expected the result of run ${run}, got something else`)
      : E.right(found)
  }
