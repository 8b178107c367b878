import { configFrom, type ConfigInput } from '../algo/configFrom.ts'
import { checked } from '../algo/ppo/algorithm.ts'
import type { PpoConfig } from '../algo/ppo/config.ts'
import { presets as knownPresets } from '../algo/ppo/presets.ts'
import { near } from '../tensor/nearest.ts'
import { acrobot } from './preset/acrobot.ts'
import { cartpole, cartpoleKl } from './preset/cartPole.ts'
import { cliffWalking } from './preset/cliffWalking.ts'
import { flappyBird } from './preset/flappyBird.ts'
import { flappyBirdPixels } from './preset/flappyBirdPixels.ts'
import { frozenLake } from './preset/frozenLake.ts'
import { mountainCar } from './preset/mountainCar.ts'
import { mountainCarContinuous } from './preset/mountainCarContinuous.ts'
import { pendulum } from './preset/pendulum.ts'

/**
 * Well-known sets of choices, one for each built-in environment, and CartPole with a KL penalty.
 * They are only numbers, so a program that uses presets does not bundle the environments.
 */
export const presets = {
  ...knownPresets,
  cartpole,
  acrobot,
  'mountain-car': mountainCar,
  'mountain-car-continuous': mountainCarContinuous,
  pendulum,
  'flappy-bird': flappyBird,
  'flappy-bird-plain': flappyBird,
  'flappy-bird-pixels': flappyBirdPixels,
  'frozen-lake': frozenLake,
  'cliff-walking': cliffWalking,
  cartpoleKl,
} as const satisfies { readonly [name: string]: PpoConfig }

/** The name of a preset of PPO. */
export type PresetName = keyof typeof presets

export const isPresetName = (name: string): name is PresetName => Object.hasOwn(presets, name)

/**
 * The config of that name.
 *
 * @throws RangeError when the name is unknown
 */
export const preset = (name: PresetName): PpoConfig => {
  if (!isPresetName(name)) {
    const like = near(String(name), Object.keys(presets))
    throw new RangeError(
      `preset: expected one of ${Object.keys(presets).join(', ')}, got ${JSON.stringify(name)}${like === null ? '' : `: did you mean ${like}?`}`,
    )
  }
  return presets[name]
}

/**
 * A whole config from a preset and the fields that you change. Fields inside of a record, such as
 * `advantage`, may be given one by one; a field that is undefined keeps the preset's value.
 *
 *     const config = ppo.config({ preset: 'cleanrl', totalSteps: 100_000, advantage: { normalise: 'batch' } })
 *
 * @param input `preset` is the name of one of `presets`, or a config
 * @throws RangeError for an unknown preset or field, with the nearest name, and for a value out of its
 * range
 */
export const config: (input: ConfigInput<PpoConfig, PresetName>) => PpoConfig = configFrom(
  presets,
  checked,
)
