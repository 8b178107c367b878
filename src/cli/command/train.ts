import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { algorithmNames, algorithms } from '../../algo/algorithm.ts'
import { updatesOf } from '../../algo/configFields.ts'
import { SUGGESTED } from '../../algo/ppo/suggest/suggest.ts'
import { estimate } from '../../algo/ppo/estimate/estimate.ts'
import { presets } from '../../builtin/presets.ts'
import type { RunConfig } from '../../run/config.ts'
import { noPast } from '../../run/folder/journal.ts'
import { createRun, expectRoom, makeRoom, readConfig } from '../../run/folder/runFolder.ts'
import { version } from '../../run/version.ts'
import {
  parseNewRun,
  parseResume,
  trainArguments,
  type NewRunArguments,
  type ResumeArguments,
} from '../arguments.ts'
import { BACKENDS, threadsOf } from '../backendOptions.ts'
import { expectLongestUpdate, expectMemory } from '../budget.ts'
import { defineCommand } from '../command.ts'
import { grouped, openConsole } from '../console.ts'
import { environmentFor, environmentOf } from '../environment.ts'
import { freeFolder } from '../freeFolder.ts'
import { describeGpu, gpuFor, gpuToLearn, type Gpu } from '../gpu.ts'
import { withLock } from '../lock.ts'
import type { Streams } from '../output.ts'
import { fromFile, type Problem } from '../problem.ts'
import { withReady } from '../ready.ts'
import { defaultShards, REDIS_USAGE } from '../redisOptions.ts'
import { resumeLocked } from '../resume.ts'
import type { RunEnvironment } from '../runEnvironment.ts'
import { seenOf } from '../seen.ts'
import { chosenSettings } from '../suggested.ts'
import { wrap } from '../text.ts'
import { trainLoop } from '../trainLoop.ts'

/** Continues a run that ended early, in its folder. */
const resumeRun = (
  { out, options, environment: values }: ResumeArguments,
  streams: Streams,
): TE.TaskEither<Problem, number> => {
  const screen = openConsole(streams, options.json)
  return pipe(
    TE.fromEither(fromFile(readConfig(out))),
    TE.bindTo('config'),
    TE.bind('environment', ({ config }) => environmentOf(config, values, screen)),
    TE.tap(({ config, environment }) => expectLongestUpdate(out, config, environment.env, options)),
    TE.flatMap(({ config, environment }) =>
      withLock(out, (lock) =>
        pipe(
          gpuFor(config, options.backend.gpu),
          TE.flatMap((gpu) =>
            resumeLocked(out, environment, lock, options, gpu?.device ?? null, screen),
          ),
        ),
      ),
    ),
  )
}

/** A new run without its folder. */
interface Prepared {
  readonly config: RunConfig
  /** why its settings were suggested; none if they are a preset's */
  readonly reasons: readonly string[]
  readonly environment: RunEnvironment
  readonly gpu: Gpu | null
  readonly out: string
}

const configOf = (
  { algorithm, seed, evaluation, options }: NewRunArguments,
  { preset, settings }: Pick<RunConfig, 'preset' | 'settings'>,
  { env, module }: RunEnvironment,
  gpu: Gpu | null,
): RunConfig => ({
  format: 'proximal run 2',
  version,
  env: env.name,
  algorithm,
  seed,
  preset,
  settings,
  kernels: options.backend.kernels,
  past: [],
  ...(module === null ? {} : { module }),
  ...(gpu === null ? {} : { gpu: gpu.record }),
  ...(evaluation === null ? {} : { evaluation }),
  ...(options.redis === null
    ? {}
    : { distributed: { shards: options.redis.shards ?? defaultShards(settings) } }),
})

const prepare = (given: NewRunArguments): TE.TaskEither<Problem, Prepared> => {
  const {
    algorithm,
    seed,
    options: { backend },
  } = given
  return pipe(
    environmentFor(given.env),
    TE.bindTo('environment'),
    TE.bind('chosen', ({ environment: { env } }) => TE.fromEither(chosenSettings(given, env))),
    TE.let('cost', ({ chosen }) => algorithms[algorithm].costsLike(chosen.settings)),
    TE.bind('threads', () => TE.fromTask(() => threadsOf(backend))),
    TE.tapEither(({ environment: { env }, cost, threads }) =>
      expectMemory(estimate(cost, env, { updates: 1, threads })),
    ),
    TE.bind('gpu', ({ environment: { env }, cost }) =>
      backend.gpu === null ? TE.right(null) : gpuToLearn(cost, env, backend.gpu),
    ),
    TE.let('config', ({ chosen, environment, gpu }) => configOf(given, chosen, environment, gpu)),
    TE.let('reasons', ({ chosen }) => chosen.reasons),
    TE.let('out', ({ config }) => given.out ?? freeFolder(config.env, `-seed${seed}`)),
    TE.tapEither(({ out }) => fromFile(expectRoom(out))),
  )
}

const describeRun = (
  { config: { algorithm, settings, env, preset, seed }, out }: Prepared,
  isPresetGiven: boolean,
): string => {
  const updates = updatesOf(settings)
  const steps = grouped(updates * settings.envs * settings.steps)
  return `${env}: ${steps} steps in ${grouped(updates)} ${updates === 1 ? 'update' : 'updates'}${algorithm === 'ppo' ? '' : ` of ${algorithm}`}, preset ${preset}${isPresetGiven || preset === env || preset === SUGGESTED ? '' : ' (the default)'}, seed ${seed}, into ${out}`
}

const describeReasons = ({ reasons }: Prepared): readonly string[] =>
  reasons.length === 0
    ? []
    : [
        'settings suggested after a probe with random actions; override them with --preset and --set:',
        ...reasons.map((reason) => `  ${reason}`),
      ]

const trainNewRun = (given: NewRunArguments, streams: Streams): TE.TaskEither<Problem, number> => {
  const { options } = given
  const screen = openConsole(streams, options.json)
  return pipe(
    prepare(given),
    TE.flatMap((prepared) => {
      const { config, environment, gpu, out } = prepared
      const run = { config, environment, out, from: null }
      return withReady(run, options, gpu?.device ?? null, screen, (ready) =>
        pipe(
          TE.fromEither(fromFile(makeRoom(out))),
          TE.flatMap(() =>
            withLock(out, (lock) =>
              pipe(
                TE.fromEither(fromFile(createRun(out, config))),
                TE.flatMap(() => {
                  screen.say(describeRun(prepared, given.isPresetGiven))
                  for (const line of describeReasons(prepared)) screen.say(line)
                  if (gpu !== null) screen.say(describeGpu(gpu))
                  const started = {
                    ...run,
                    lock,
                    past: noPast(),
                    seen: seenOf(config, environment.env),
                  }
                  return trainLoop(started, ready, options, screen)
                }),
              ),
            ),
          ),
        ),
      )
    }),
  )
}

/**
 * Trains and writes a run folder, or continues one. After an interrupt or an error, everything learned until
 * then is on disk; after a kill, everything up to the last checkpoint.
 */
export const command = defineCommand({
  name: 'train',
  example: 'proximal train cartpole --seed 2 --set learningRate=1e-3',
  usage: `  proximal train <env>    train a policy and write a run folder
    --steps N             environment steps (the preset's)
    --seed S              seed of all random numbers (1)
    --preset NAME         ${wrap(`${Object.keys(presets).join(', ')} or a file, ./tuned.json (the environment's own; for a module, settings that suit it)`, 100, 26)}
    --algo NAME           ${algorithmNames.join(', ')} (ppo)
    --set key=value       change one field of the preset; may be repeated
    --out DIR             the run folder, which must be new (runs/<env>-seed<S>)
    --threads N           threads to learn with (one per core, at most one per shard)
    --backend NAME        ${wrap(BACKENDS.join(', '), 100, 26)}
                          (auto: the faster of js and wasm, which give identical bits)
    --eval-every N        evaluate the policy on separate episodes, every N environment steps;
                          this does not change what is learned
    --eval-episodes K     episodes per evaluation (20)
    --stop-at R           end the run when the lower end of an evaluation's 95 % interval reaches R
                          (a negative return: --stop-at=-150)
    --checkpoint-every E  write a checkpoint every 10 (updates) or 60s, or at the end: never (60s)
${REDIS_USAGE}    --tensorboard         write a TensorBoard event file to the run folder while training
    --resume RUN          instead of <env>: continue a stopped run, with identical bits
    --budget BUDGET       with --resume
    --json                one JSON object as the last line of stdout
`,
  options: trainArguments,
  positionals: ({ values }) => (values.resume === undefined ? ['<env>'] : []),
  run: (given, streams) =>
    given.values.resume === undefined
      ? pipe(
          TE.fromEither(parseNewRun(given)),
          TE.flatMap((parsed) => trainNewRun(parsed, streams)),
        )
      : pipe(
          TE.fromEither(parseResume(given)),
          TE.flatMap((parsed) => resumeRun(parsed, streams)),
        ),
})
