import type { PpoConfig } from '../../src/algo/ppo/config.ts'
import { preset, type PresetName } from '../../src/builtin/presets.ts'
import type { EnvironmentName } from '../../src/env/environments.ts'
import type { RunConfig } from '../../src/run/config.ts'
import { version } from '../../src/run/version.ts'

const of = (
  name: string,
  env: EnvironmentName,
  from: PresetName,
  changes: Partial<PpoConfig>,
): readonly [string, RunConfig] => [
  name,
  {
    format: 'proximal run 2',
    algorithm: 'ppo',
    version,
    env,
    seed: 3,
    preset: from,
    kernels: 'wasm',
    settings: { ...preset(from), ...changes },
    past: [],
  },
]

/**
 * Short runs that between them take most of what there is: discrete actions, continuous ones with
 * everything normalised, an environment with chance of its own, and shards. Few epochs, since the kernels in
 * JavaScript take seconds for each.
 */
export const runs: ReadonlyMap<string, RunConfig> = new Map([
  of('cartpole', 'cartpole', 'cartpole', { totalSteps: 16_384 }),
  of('pendulum', 'pendulum', 'pendulum', {
    totalSteps: 6_144,
    epochs: 4,
    normalise: { observation: true, reward: true, clip: 10, epsilon: 1e-8 },
  }),
  of('flappy-bird', 'flappy-bird', 'flappy-bird', { totalSteps: 8_192, steps: 128, epochs: 4 }),
  of('cartpole in 4 shards', 'cartpole', 'cleanrl', { totalSteps: 10_240, shards: 4 }),
])
