import { zipSync } from 'fflate'
import * as E from 'fp-ts/lib/Either.js'
import { createHash } from 'node:crypto'
import { init, iterate, parts, type Metrics, type PpoConfig } from '../../src/algo/ppo/index.ts'
import type { Environment } from '../../src/env/index.ts'
import { environmentOf, type EnvironmentName } from '../../src/env/environments.ts'
import {
  decodeActionLog,
  encodeActionLog,
  type ActionLog,
} from '../../src/run/episode/actionLog.ts'
import {
  decodeCertificate,
  encodeCertificate,
  type Certificate,
} from '../../src/run/certificate.ts'
import { configHash, encodeCheckpoint, openCheckpoint } from '../../src/run/checkpoint.ts'
import { decodeMetrics } from '../../src/run/metrics.ts'
import { decodeNpz, encodeNpz } from '../../src/format/npz.ts'
import { encodeOnnx } from '../../src/run/policy/onnx/encode.ts'
import { readMlps } from '../../src/run/policy/onnx/readMlps.ts'
import { recordEpisodes } from '../../src/run/episode/recordEpisodes.ts'
import { replayEpisode } from '../../src/run/episode/replayEpisode.ts'
import { stateLike } from '../../src/run/resume.ts'
import {
  decodeReplayRecord,
  decodeRunConfig,
  encodeJson,
  type RunConfig,
} from '../../src/run/config.ts'
import * as safetensors from '../../src/format/safetensors.ts'
import { readPolicy } from '../../src/run/policy/readPolicy.ts'
import { encodeTorch } from '../../src/run/policy/torch.ts'
import { decodeTrained, encodeTrained } from '../../src/run/policy/policySnapshot.ts'
import { unzip } from '../../src/format/unzip.ts'
import { js } from '../../src/kernel/js/js.ts'
import { key } from '../../src/random/index.ts'
import { own } from '../../src/tensor/tensor.ts'
import { small } from '../support/runs.ts'
import { mutateBytes } from './bytes.ts'
import type { Draw } from './draw.ts'
import { mutateJson } from './json.ts'
import { pipelineSeeds } from './pipelineFormats.ts'
import { jsonSeed, textOf, utf8, type Seed } from './seed.ts'
import { sweepSeeds } from './sweepFormats.ts'

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(String(either.left))
  return either.right
}

const nodeDigest = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()
const HASH = 32

/** Its last bytes the SHA-256 of all before, as checkpoints and action logs have it. */
const hashed = (bytes: Uint8Array): Uint8Array => {
  if (bytes.length < HASH) return bytes
  const out = bytes.slice()
  const end = out.length - HASH
  out.set(nodeDigest(out.subarray(0, end)), end)
  return out
}

const CASES: ReadonlyArray<readonly [EnvironmentName, Partial<PpoConfig>]> = [
  ['cartpole', {}],
  ['pendulum', { normalise: { ...small.normalise, observation: true, reward: true } }],
  ['acrobot', { valueLearningRate: 1e-3 }],
  ['flappy-bird', { klPenalty: { ...small.klPenalty, kind: 'adaptive' } }],
  ['flappy-bird-pixels', { hidden: [2], envs: 2, steps: 8, minibatches: 1, totalSteps: 16 }],
  ['frozen-lake', { trunk: 'shared' }],
  ['mountain-car', {}],
]

const configOf = (env: EnvironmentName, settings: PpoConfig): RunConfig => ({
  format: 'proximal run 2',
  algorithm: 'ppo',
  version: '0.1.0',
  env,
  seed: 3,
  preset: 'cleanrl',
  kernels: 'js',
  settings,
  past: env === 'pendulum' ? [{ until: 2, settings }] : [],
})

/** Mutants of a file's header, its tensors as they were. */
const mutateHeader = (draw: Draw, bytes: Uint8Array): Uint8Array => {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  const header = utf8(mutateJson(draw, textOf(bytes.subarray(8, 8 + length))))
  const out = new Uint8Array(8 + header.length + bytes.length - 8 - length)
  new DataView(out.buffer).setBigUint64(0, BigInt(header.length), true)
  out.set(header, 8)
  out.set(bytes.subarray(8 + length), 8 + header.length)
  return out
}

/** Mutants of the texts that a checkpoint's tensors hold: its environments and its config. */
const mutateTexts = (draw: Draw, { tensors, metadata }: safetensors.Opened): Uint8Array => {
  const isWorld = draw.unit() < 0.75
  const name = isWorld ? 'run.world' : 'run.config'
  const before = tensors.get(name)!.data as Uint8Array
  const after =
    draw.unit() < 0.8
      ? utf8(mutateJson(draw, textOf(before), isWorld))
      : mutateBytes(draw, before, before)
  let config = metadata['config']!
  if (!isWorld)
    try {
      config = configHash(JSON.parse(textOf(after)) as PpoConfig)
    } catch {
      // No JSON has no hash.
    }
  return safetensors.encode(
    [...tensors].map(([key, { shape, data }]) =>
      key === name
        ? [key, own(['byte'], [after.length], after)]
        : [
            key,
            own(
              shape.map((_, i) => `d${i}`),
              shape,
              data,
            ),
          ],
    ),
    { ...metadata, config },
  )
}

const seedsOf = (name: EnvironmentName, choices: Partial<PpoConfig>): readonly Seed[] => {
  const config: PpoConfig = { ...small, ...choices }
  const env = environmentOf(name)
  const all = parts(config, env, js.f32)
  const like = init(all)(key(1))
  const [metrics, first] = iterate(config, all)(like)
  const lines: readonly Metrics[] = [metrics, { ...metrics, update: 2, steps: metrics.steps + 9 }]
  const { learner } = first
  const seeds: Seed[] = []

  const about = { env: name, seed: '3', metricsBytes: '12', metricsHash: '0'.repeat(64) }
  const link = '5'.repeat(64)
  const chain = [link, link]
  const checkpoint = right(encodeCheckpoint({ config, state: first, link, about }, nodeDigest))
  const opened = right(safetensors.open(checkpoint))
  seeds.push({
    format: 'checkpoint',
    name,
    bytes: checkpoint,
    decode: (bytes) => E.flatMap(stateLike(env, like))(openCheckpoint(bytes, nodeDigest)),
    within: (draw, other) => {
      const kind = draw.unit()
      return hashed(
        kind < 0.6
          ? mutateTexts(draw, opened)
          : kind < 0.8
            ? mutateHeader(draw, checkpoint)
            : mutateBytes(draw, checkpoint, other),
      )
    },
  })

  const params = encodeTrained(learner)
  seeds.push({
    format: 'params.safetensors',
    name,
    bytes: params,
    decode: decodeTrained(like.learner),
    within: (draw) => mutateHeader(draw, params),
  })
  const run = configOf(name, config)
  seeds.push(jsonSeed('config.json', name, utf8(encodeJson(run)), decodeRunConfig))
  const certificate: Certificate = {
    format: 'proximal certificate 1',
    config: run,
    fingerprint: { engine: 'Node 20', kernels: 'js', probe: link },
    hash: link,
    chain,
  }
  seeds.push(jsonSeed('certificate', name, encodeCertificate(certificate), decodeCertificate))
  const thinned: Certificate = {
    ...certificate,
    format: 'proximal certificate 2',
    thinned: { every: 2, updates: 1 },
  }
  seeds.push(jsonSeed('certificate', name, encodeCertificate(thinned), decodeCertificate))
  const files = { config: link, metrics: link, params: link }
  const earlier = encodeJson({ format: 'proximal replay 1', files, hash: link, chain })
  seeds.push(jsonSeed('replay.json', name, utf8(earlier), decodeReplayRecord))
  const replay = encodeJson({
    format: 'proximal replay 2',
    files: { ...files, chain: link },
    hash: link,
    updates: 1,
    link,
  })
  seeds.push(jsonSeed('replay.json', name, utf8(replay), decodeReplayRecord))

  const jsonl = lines.map((line) => JSON.stringify(line))
  seeds.push({
    format: 'metrics.jsonl',
    name,
    bytes: utf8(`${jsonl.join('\n')}\n`),
    decode: (bytes) => decodeMetrics(textOf(bytes)),
    within: (draw) => utf8(`${jsonl[0]}\n${mutateJson(draw, jsonl[1]!)}\n`),
  })

  for (const names of ['sb3', 'cleanrl'] as const) {
    const torch = right(encodeTorch(names)({ env, config, trained: learner })).bytes
    seeds.push({
      format: 'torch safetensors',
      name: `${name} ${names}`,
      bytes: torch,
      decode: (bytes) => readPolicy(bytes, { like: like.learner.params }),
      within: (draw) => mutateHeader(draw, torch),
    })
  }

  // A network that reads what is normalised before is none of tanh layers alone.
  const onnx = encodeOnnx({
    env,
    config: { ...config, normalise: small.normalise },
    trained: { params: learner.params, normaliser: null },
    version: '0.1.0',
  })
  for (const [format, decode] of [
    ['onnx networks', readMlps(['value'])],
    ['onnx policy', (bytes: Uint8Array) => readPolicy(bytes, { like: like.learner.params })],
  ] as const)
    seeds.push({ format, name, bytes: onnx, decode, within: null })

  const npz = encodeNpz([
    ['flat', learner.params.flat],
    ['observations', first.envState.observation],
  ])
  const archived = right(unzip(npz, 0))
  seeds.push({
    format: 'npz',
    name,
    bytes: npz,
    decode: (bytes) => decodeNpz(bytes),
    within: (draw) =>
      zipSync(
        Object.fromEntries(
          [...archived].map(([file, bytes]) => [file, mutateBytes(draw, bytes, bytes)]),
        ),
        { level: 0, mtime: new Date(1980, 0, 1, 12) },
      ),
  })

  if (name === 'cartpole' || name === 'pendulum' || name === 'frozen-lake')
    seeds.push(...logSeeds(env, { ...all.policy }, learner))
  return seeds
}

const lived = (env: Environment<unknown>, log: ActionLog): E.Either<unknown, unknown> => {
  for (const episode of log.episodes) {
    const lives = replayEpisode(env, log, episode)
    for (;;) {
      const { done, value } = lives.next()
      if (done !== true) continue
      if (E.isLeft(value)) return value
      break
    }
  }
  return E.right(log)
}

const logSeeds = (
  env: Environment<unknown>,
  policy: Parameters<typeof recordEpisodes>[1],
  learner: Parameters<typeof recordEpisodes>[2],
): readonly Seed[] => {
  const log = recordEpisodes(env, policy, learner, {
    key: key(5),
    episodes: [0, 1, 2],
    act: 'sample',
  })
  const bytes = encodeActionLog(log)
  return [
    {
      format: 'action log',
      name: env.name,
      bytes,
      decode: (given) => E.flatMap((found: ActionLog) => lived(env, found))(decodeActionLog(given)),
      within: (draw, other) => hashed(mutateBytes(draw, bytes, other)),
    },
  ]
}

/** All of them, by format. */
export const formats = (): ReadonlyMap<string, readonly Seed[]> => {
  const found = new Map<string, Seed[]>()
  for (const seed of [
    ...CASES.flatMap((each) => seedsOf(...each)),
    ...sweepSeeds(),
    ...pipelineSeeds(),
  ]) {
    right(seed.decode(seed.bytes))
    found.set(seed.format, [...(found.get(seed.format) ?? []), seed])
  }
  return found
}
