import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { number, oneOf, toMistakes, type Mistake } from '../codec.ts'

const count = number({ from: 1, whole: true })
const unit = number({ from: 0, to: 1 })
const positive = number({ from: 0, above: true })
const notNegative = number({ from: 0 })
const decay = number({ from: 0, to: 0.9999999 })

/**
 * Every choice that a run of PPO makes. Where implementations differ, the choice is a field.
 * The codec's names are the allowed ranges.
 */
export const ppoConfig = t.readonly(
  t.exact(
    t.type({
      /** B, environments side by side */
      envs: count,
      /** T, steps of each environment an update */
      steps: count,
      /** environment steps of the whole run; updates = ⌊totalSteps / (envs · steps)⌋ */
      totalSteps: count,
      /** K, passes over each batch */
      epochs: count,
      /** shuffled parts of a batch, one optimiser step each; divides envs · steps */
      minibatches: count,
      /**
       * parts that the worlds and each minibatch are cut into; their gradients are added up in
       * their order, so that any number of threads gives the same bits
       */
      shards: count,
      /** γ */
      gamma: unit,
      /** λ of GAE and of the value targets */
      lambda: unit,
      /** ε of the clipped surrogate */
      clip: positive,
      /** ε of the clipped value loss, null for the plain one */
      valueClip: t.union([positive, t.null], 'a number > 0 or null'),
      /** weight of the entropy bonus */
      entropyCoef: notNegative,
      /** weight of the value loss ½ (V − G)² */
      valueCoef: notNegative,
      /** largest norm of a gradient, over both networks together */
      maxGradNorm: positive,
      /** Adam's step size at the start */
      learningRate: positive,
      /** `linear` falls to 0 by one stair an update, as if the run had ended one update later */
      learningRateSchedule: oneOf('linear', 'constant'),
      adam: t.readonly(t.exact(t.type({ beta1: decay, beta2: decay, epsilon: positive }))),
      /** whitening of advantages, within each minibatch or not at all */
      advantage: t.readonly(
        t.exact(
          t.type({
            normalise: oneOf('minibatch', 'none'),
            ddof: oneOf(0, 1),
            epsilon: positive,
          }),
        ),
      ),
      /** sizes of the tanh layers, of both networks */
      hidden: t.readonlyArray(count, 'a list of whole numbers >= 1'),
      /** gains of the orthogonal initial weights */
      gain: t.readonly(t.exact(t.type({ hidden: positive, policy: positive, value: positive }))),
    }),
  ),
  'PpoConfig',
)

export type PpoConfig = t.TypeOf<typeof ppoConfig>

const relations = (config: PpoConfig): readonly Mistake[] => {
  const batch = config.envs * config.steps
  const mistakes: Mistake[] = []
  if (batch % config.minibatches !== 0)
    mistakes.push({
      path: 'minibatches',
      expected: `a divisor of envs · steps = ${batch}`,
      got: config.minibatches,
    })
  else if (config.advantage.normalise === 'minibatch' && batch / config.minibatches < 2)
    mistakes.push({
      path: 'minibatches',
      expected: `at most ${batch / 2}, so that a minibatch has two samples to normalise`,
      got: config.minibatches,
    })
  else if (batch / config.minibatches < config.shards)
    mistakes.push({
      path: 'shards',
      expected: `at most the ${batch / config.minibatches} samples of a minibatch`,
      got: config.shards,
    })
  if (config.totalSteps < batch)
    mistakes.push({
      path: 'totalSteps',
      expected: `at least one update of envs · steps = ${batch}`,
      got: config.totalSteps,
    })
  return mistakes
}

/** A config from the outside world, or all that is wrong with it. */
export const decodeConfig = (input: unknown): E.Either<readonly Mistake[], PpoConfig> => {
  const decoded = ppoConfig.decode(input)
  if (E.isLeft(decoded)) return E.left(toMistakes(decoded.left))
  const mistakes = relations(decoded.right)
  return mistakes.length > 0 ? E.left(mistakes) : E.right(decoded.right)
}

/** How many updates a run has. */
export const updatesOf = ({ totalSteps, envs, steps }: PpoConfig): number =>
  Math.floor(totalSteps / (envs * steps))
