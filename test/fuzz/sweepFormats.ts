import * as E from 'fp-ts/lib/Either.js'
import { presets, presetsOf } from '../../src/builtin/presets.ts'
import { decodePreset, encodePreset } from '../../src/run/presetFile.ts'
import { differences } from '../../src/sweep/difference.ts'
import { decodeAsked } from '../../src/sweep/folder.ts'
import { jobsOf, type Sweep } from '../../src/sweep/plan.ts'
import { decodeResults, encodeResult } from '../../src/sweep/result.ts'
import { mutateJson } from './json.ts'
import { jsonSeed, textOf, utf8, type Seed } from './seed.ts'

const sweep: Sweep = {
  format: 'proximal sweep 1',
  version: '0.1.0',
  seeds: 2,
  episodes: 10,
  cells: [
    {
      env: { name: 'cartpole' },
      variant: 'own',
      algorithm: 'ppo',
      preset: 'cartpole',
      settings: presets.cartpole,
    },
  ],
}

const outcome = {
  steps: 100,
  score: 3.5,
  std: 1,
  min: 2,
  max: 5,
  training: null,
  curve: [null, 1, 2.5],
  hash: 'c'.repeat(64),
}

/** Files that sweeps, searches and presets are read from. */
export const sweepSeeds = (): readonly Seed[] => {
  const [first, second] = jobsOf(sweep).map(({ key }) => key)
  return [
    ...(['ppo', 'trpo'] as const).map((algorithm) =>
      jsonSeed(
        'preset file',
        algorithm,
        utf8(encodePreset({ algorithm, settings: presetsOf[algorithm]['cartpole']! })),
        decodePreset,
      ),
    ),
    jsonSeed('sweep.json', 'cartpole', utf8(JSON.stringify(sweep)), (bytes) =>
      E.map((kept: object) => differences(kept, sweep))(decodeAsked(bytes)),
    ),
    ...[E.right(outcome), E.left('NaN at update 7')].map((result): Seed => {
      const line = encodeResult(first!, result, 1)
      const other = encodeResult(second!, E.right(outcome), 2)
      return {
        format: 'results.jsonl',
        name: E.isLeft(result) ? 'fault' : 'outcome',
        bytes: utf8(line + other),
        decode: (bytes) => E.right(decodeResults(textOf(bytes).split('\n'))),
        within: (draw) => utf8(`${mutateJson(draw, line)}\n${other}`),
      }
    }),
  ]
}
