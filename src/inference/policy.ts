import { isList, type NumberArray } from '../env/numbers.ts'
import { observing } from '../env/observing.ts'
import { width, type Box, type Element, type Space } from '../env/space.ts'
import type { Key } from '../random/key.ts'
import { brief, check } from './check.ts'
import { foldInto } from './draw.ts'
import type { Row } from './leaf.ts'
import { elementAt, leavesOf, type PlacedLeaf } from './leaves.ts'
import { openKernels, padded } from './kernels.ts'
import { network, numbersOf } from './network.ts'
import { readPolicyFile, type PolicyContent } from './policyFile.ts'

/** Options of a call that acts. */
export interface ActOptions {
  /** samples from the policy with this key; without a key, `act` returns the most probable action */
  readonly key?: Key
  /** which choices are allowed, in the order of the environment's `actionMask` */
  readonly mask?: readonly boolean[]
}

/** A policy that acts: see `loadPolicy`. */
export interface LoadedPolicy<A extends Space = Space> {
  /** name of the environment that it was trained in */
  readonly name: string
  readonly observationSpace: Box
  readonly actionSpace: A
  /** whether `act` takes a mask */
  readonly isMasked: boolean
  /** number of numbers that `actInto` writes */
  readonly actionWidth: number
  /**
   * The action for an observation, an element of the action space.
   *
   * @throws RangeError for an observation outside the observation space, and for a mask that is missing or allows no choice
   */
  readonly act: (observation: NumberArray, options?: ActOptions) => Element<A>
  /**
   * Writes the action into `out`, `actionWidth` numbers in the order of the space's parts. It allocates
   * nothing, except that engines allocate 16 bytes for every two numbers of a box that it samples. Choices
   * are the numbers that `act` returns.
   *
   * @throws RangeError as `act` does, and when `out` has another length
   */
  readonly actInto: (
    out: Float64Array | Float32Array | number[],
    observation: NumberArray,
    options?: ActOptions,
  ) => void
  /**
   * The probability of each choice, in the order of a mask: of each value of a discrete space, of each
   * entry's values in turn, and of 1 for each bit; none for a box. The array is new on each call.
   */
  readonly probabilities: (
    observation: NumberArray,
    options?: Pick<ActOptions, 'mask'>,
  ) => Float32Array
  /** V(s), the expected discounted return; null if the file was written without it */
  readonly value: ((observation: NumberArray) => number) | null
}

/** The place of each parameter of the distribution: an output of the network, or a free log σ. */
const placesOf = (leaves: readonly PlacedLeaf[], outputs: number, free: number): Int32Array => {
  const all = leaves.flatMap(({ leaf: { params, choices } }) =>
    Array.from({ length: params }, (_, i) => choices === 0 && 2 * i >= params && free > 0),
  )
  let [output, logStd] = [0, outputs]
  const places = Int32Array.from(all, (isFree) => (isFree ? logStd++ : output++))
  check(
    output === outputs && logStd === outputs + free,
    'actor',
    `${output} outputs and ${logStd - outputs} logStd`,
    `${outputs} and ${free}`,
  )
  return places
}

const policyOf = <A extends Space>(content: PolicyContent): LoadedPolicy<A> => {
  const { header, scale, logStd } = content
  const { name, observationSpace, isMasked } = header
  const actionSpace = header.actionSpace as A
  const { size } = observationSpace
  const kernels = openKernels(
    padded(size) +
      [content.trunk, content.actor, content.critic].map(numbersOf).reduce((a, b) => a + b),
  )
  const input = kernels.floats(padded(size))
  const trunk = network(kernels, content.trunk, input, true)
  const actor = network(kernels, content.actor, trunk.output, false)
  const critic = network(kernels, content.critic, trunk.output, false)
  const leaves = leavesOf(actionSpace, header, kernels)
  const outputs = content.actor.at(-1)!.outputs
  const places = placesOf(leaves, outputs, logStd?.length ?? 0)
  const choices = leaves.reduce((sum, { leaf }) => sum + leaf.choices, 0)
  const actionWidth = width(actionSpace)
  const row: Row = {
    param: new Float64Array(places.length),
    probability: new Float32Array(choices),
    action: new Float64Array(actionWidth),
  }
  const words = new Uint32Array(2)
  const see = observing(observationSpace, scale, input, brief)
  const look = (observation: NumberArray): void => {
    see(observation)
    trunk.run()
  }

  const close = (mask: readonly boolean[] | undefined): void => {
    if (mask === undefined && !isMasked) return
    if (!Array.isArray(mask) || mask.length !== choices)
      throw new RangeError(`mask: expected ${choices} booleans, got ${brief(mask)}: pass { mask }`)
    for (let i = 0; i < leaves.length; i++) {
      const { leaf, place } = leaves[i]!
      let open = 0
      for (let c = 0; c < leaf.choices; c++) {
        const at: unknown = mask[place.choice + c]
        if (at === true) open++
        else if (at === false) row.param[place.param + c] = -Infinity
        else throw new RangeError(`mask[${place.choice + c}]: expected a boolean, got ${brief(at)}`)
      }
      if (open === 0 && leaf.needsOpen)
        throw new RangeError(
          `mask[${place.choice}]: expected an allowed choice among ${leaf.choices}, got none`,
        )
    }
  }

  /** The parameters of the distribution at an observation. */
  const fit = (observation: NumberArray, mask: readonly boolean[] | undefined): void => {
    look(observation)
    actor.run()
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!
      row.param[i] = place < outputs ? actor.output[place]! : logStd![place - outputs]!
    }
    close(mask)
  }

  /** Decides on an action, in `row.action`. */
  const decide = (observation: NumberArray, options: ActOptions | undefined): void => {
    fit(observation, options?.mask)
    const key = options?.key
    for (let i = 0; i < leaves.length; i++) {
      const { leaf, path } = leaves[i]!
      if (key === undefined) leaf.mode(row)
      else {
        foldInto(words, key, path)
        leaf.sample(row, words)
      }
    }
  }

  return {
    name,
    observationSpace,
    actionSpace,
    isMasked,
    actionWidth,

    act: (observation, options) => {
      decide(observation, options)
      return elementAt(actionSpace, row.action, 0) as Element<A>
    },

    actInto: (out, observation, options) => {
      if (!isList(out) || out.length !== actionWidth)
        throw new RangeError(`out: expected ${actionWidth} numbers, got ${brief(out)}`)
      decide(observation, options)
      for (let i = 0; i < actionWidth; i++) out[i] = row.action[i]!
    },

    probabilities: (observation, options) => {
      fit(observation, options?.mask)
      for (const { leaf } of leaves) leaf.probabilities(row)
      return row.probability.slice()
    },

    value:
      content.critic.length === 0
        ? null
        : (observation) => {
            look(observation)
            critic.run()
            return critic.output[0]!
          },
  }
}

/** A policy, or what is wrong with the file, as an fp-ts `Either`. */
export type DecodedPolicy<A extends Space = Space> =
  | { readonly _tag: 'Left'; readonly left: string }
  | { readonly _tag: 'Right'; readonly right: LoadedPolicy<A> }

/**
 * `loadPolicy` for untrusted files.
 *
 * @returns Left with what is wrong, or Right with the policy
 * @throws only for a fault of this library, never for the contents of a file
 */
export const decodePolicy = <A extends Space = Space>(bytes: Uint8Array): DecodedPolicy<A> => {
  try {
    return { _tag: 'Right', right: policyOf<A>(readPolicyFile(bytes)) }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { _tag: 'Left', left: error.message }
  }
}

/**
 * Makes a policy from a file that `proximal export RUN --to policy` or `io.encodePolicy` wrote. It acts
 * exactly like the library that trained it: for the same observation, mask and key, `act` returns what
 * `ppo.actor` returns, to the bit.
 *
 *     const policy = loadPolicy(new Uint8Array(await (await fetch('policy.safetensors')).arrayBuffer()))
 *     const action = policy.act([0.1, 0, -0.05, 0])
 *     const drawn = policy.act([0.1, 0, -0.05, 0], { key: foldIn(key(7), step) })
 *
 * The type parameter is your claim about the action space, which a file cannot make: `loadPolicy<Discrete<2>>`.
 *
 * @throws RangeError with what is wrong with the file
 */
export const loadPolicy = <A extends Space = Space>(bytes: Uint8Array): LoadedPolicy<A> =>
  policyOf<A>(readPolicyFile(bytes))
