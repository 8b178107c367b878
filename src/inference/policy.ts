import { isList, type NumberArray } from '../env/numbers.ts'
import { observing } from '../env/observing.ts'
import { show } from '../env/show.ts'
import { choices as choicesOf, width, type Box, type Element, type Space } from '../env/space.ts'
import type { Key } from '../random/key.ts'
import { foldInto } from './draw.ts'
import type { Row } from './leaf.ts'
import { elementAt, leavesOf } from './leaves.ts'
import { network, type DenseLayer } from './network.ts'
import { readPolicyFile, type PolicyContent } from './policyFile.ts'

/** Options of a call that acts. */
export interface ActOptions {
  /** samples from the policy with this key; without a key, the most probable action is taken */
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
  /** numbers of an action, as `actInto` writes them */
  readonly actionWidth: number
  /**
   * The action for an observation, an element of the action space.
   *
   * @throws RangeError for an observation outside the observation space, and for a mask that is
   * missing or leaves nothing to choose
   */
  readonly act: (observation: NumberArray, options?: ActOptions) => Element<A>
  /**
   * Writes the action into `out`, `actionWidth` numbers in the order of the space's parts, and
   * allocates nothing. Choices are the numbers that `act` returns.
   *
   * @throws RangeError as `act` does, and when `out` has another length
   */
  readonly actInto: (
    out: Float64Array | Float32Array | number[],
    observation: NumberArray,
    options?: ActOptions,
  ) => void
  /**
   * The probability of each choice, in the order of a mask: of each number of a discrete space, of
   * each entry's numbers one after the other, of a 1 for each bit; nothing for a box. New numbers.
   */
  readonly probabilities: (
    observation: NumberArray,
    options?: Pick<ActOptions, 'mask'>,
  ) => Float32Array
  /** V(s), the expected discounted return; null where the file was written without it */
  readonly value: ((observation: NumberArray) => number) | null
}

/** Numbers that `count` f32 take in rows of eight. */
const padded = (count: number): Float64Array => new Float64Array(Math.ceil(count / 8) * 8)

const outputsOf = (layers: readonly DenseLayer[], inputs: number): number =>
  layers.at(-1)?.outputs ?? inputs

/** Where the outputs of the policy network and the free log σ go among the parameters. */
const layParams = (
  leaves: ReturnType<typeof leavesOf>,
  outputs: number,
  free: ArrayLike<number> | null,
): ((param: Float64Array, output: Float64Array) => void) => {
  const isLogStd = leaves.flatMap(({ leaf }) =>
    Array.from({ length: leaf.params }, (_, i) => leaf.choices === 0 && 2 * i >= leaf.params),
  )
  const isFree = isLogStd.map((is) => is && free !== null)
  const frees = isFree.filter(Boolean).length
  if (outputs + frees !== isFree.length || (free?.length ?? 0) !== frees)
    throw new RangeError(
      `actor: expected ${isFree.length - frees} outputs and ${frees} free log σ for the action space, got ${outputs} and ${free?.length ?? 0}`,
    )
  return (param, output) => {
    let at = 0
    let from = 0
    for (let i = 0; i < isFree.length; i++)
      param[i] = isFree[i] === true && free !== null ? free[from++]! : output[at++]!
  }
}

const policyOf = <A extends Space>(content: PolicyContent): LoadedPolicy<A> => {
  const { header, scale, logStd } = content
  const { name, observationSpace, isMasked } = header
  const actionSpace = header.actionSpace as A
  const { size } = observationSpace
  const trunk = network(content.trunk, padded(size), true)
  const actor = network(content.actor, trunk.output, false)
  const critic = content.critic === null ? null : network(content.critic, trunk.output, false)
  const outputs = outputsOf(content.actor, size)
  const leaves = leavesOf(actionSpace, { bound: header.actionBound, logStd: header.logStd })
  const lay = layParams(leaves, outputs, logStd)
  const [actionWidth, choices] = [width(actionSpace), choicesOf(actionSpace)]
  const params = leaves.reduce((sum, { leaf }) => sum + leaf.params, 0)
  const row: Row = {
    param: new Float64Array(params),
    probability: new Float32Array(choices),
    action: new Float64Array(actionWidth),
  }
  const seen = new Float32Array(size)
  const words = new Uint32Array(2)
  const see = observing(observationSpace, scale, seen)
  const look = (observation: NumberArray): void => {
    see(observation)
    for (let j = 0; j < size; j++) trunk.input[j] = seen[j]!
    trunk.run()
  }

  const close = (mask: readonly boolean[] | undefined): void => {
    if (mask === undefined) {
      if (!isMasked) return
      throw new RangeError(
        `mask: expected the open choices, since ${name} has an actionMask, got none: pass { mask }`,
      )
    }
    if (!Array.isArray(mask) || mask.length !== choices)
      throw new RangeError(
        `mask: expected an array of ${choices}, one per choice, got ${show(mask)}`,
      )
    for (let c = 0; c < choices; c++)
      if (typeof mask[c] !== 'boolean')
        throw new RangeError(`mask: entry ${c}: expected a boolean, got ${show(mask[c])}`)
    for (let i = 0; i < leaves.length; i++) {
      const { leaf, place } = leaves[i]!
      leaf.expectOpen(mask)
      for (let c = 0; c < leaf.choices; c++)
        if (mask[place.choice + c] === false) row.param[place.param + c] = -Infinity
    }
  }

  /** The parameters of the distribution at an observation. */
  const fit = (observation: NumberArray, mask: readonly boolean[] | undefined): void => {
    look(observation)
    actor.run()
    lay(row.param, actor.output)
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
      return elementAt(actionSpace, row.action) as Element<A>
    },

    actInto: (out, observation, options) => {
      if (!isList(out) || out.length !== actionWidth)
        throw new RangeError(`out: expected ${actionWidth} numbers, got ${show(out)}`)
      decide(observation, options)
      for (let i = 0; i < actionWidth; i++) out[i] = row.action[i]!
    },

    probabilities: (observation, options) => {
      fit(observation, options?.mask)
      for (let i = 0; i < leaves.length; i++) leaves[i]!.leaf.probabilities(row)
      return row.probability.slice()
    },

    value:
      critic === null
        ? null
        : (observation) => {
            look(observation)
            critic.run()
            return critic.output[0]!
          },
  }
}

/** A policy, or what is wrong with the file, as fp-ts has it. */
export type DecodedPolicy<A extends Space = Space> =
  | { readonly _tag: 'Left'; readonly left: string }
  | { readonly _tag: 'Right'; readonly right: LoadedPolicy<A> }

/**
 * `loadPolicy` for files that others wrote.
 *
 * @returns Left with what is wrong, or Right with the policy
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
 * to the bits of the library that trained it: for the same observation, mask and key, `act` returns
 * what `ppo.actor` returns.
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
