import { distributionFor, isLogStdBounded, type ActionConfig } from '../../../algo/actions.ts'
import {
  partsOf,
  startOf,
  startsOf,
  type Box,
  type MultiDiscrete,
  type Space,
} from '../../../env/space.ts'
import { networkColumns } from '../../../nn/stateIndependentLogStd.ts'
import type { Value } from '../../../format/onnx/model.ts'
import {
  apply,
  float,
  floats,
  join,
  slice,
  wholes,
  type Piece,
} from '../../../format/onnx/piece.ts'

/** What stands at the end of a graph, and what of it is handed out. */
interface Heads extends Piece {
  readonly outputs: readonly Value[]
}

/** Where the columns of a distribution's parameters come from: the network, or the free log σ. */
interface Source {
  readonly config: ActionConfig
  /** the columns of the network's output [batch, network.length], in order */
  readonly network: readonly number[]
  readonly free: readonly number[]
  readonly input: string
}

const both = (heads: readonly Heads[]): Heads => ({
  ...join(...heads),
  outputs: heads.flatMap(({ outputs }) => outputs),
})

/** Columns `from` … of the parameters, where the network gives them. */
const ofNetwork = (
  { network, input }: Source,
  output: string,
  from: number,
  count: number,
): Piece => {
  const place = { axis: 1, from: network.indexOf(from), count, total: network.length }
  return slice(input, output, place)
}

const output = (name: string, type: Value['type'], ...columns: readonly number[]): Value => ({
  name,
  type,
  shape: ['batch', ...columns],
})

/** The environment's own numbers from the Gaussian's mode: see `Bound` of the environments. */
const bounded = (
  { config: { actionBound: bound } }: Source,
  { low, high }: Box,
  mean: string,
  action: string,
): Piece => {
  if (bound === 'none') return apply('Identity', [mean], action)
  const [least, most, within] = [`${action}.low`, `${action}.high`, `${action}.least`]
  const clip = (x: string): Piece =>
    join(
      floats(least, low),
      floats(most, high),
      apply('Max', [x, least], within),
      apply('Min', [within, most], action),
    )
  if (bound === 'clip') return clip(mean)
  // [−1, 1] over [low, high] is middle + tanh(mean) · half.
  const [squashed, middle, half] = [`${action}.tanh`, `${action}.middle`, `${action}.half`]
  const [stretched, laid] = [`${action}.stretched`, `${action}.laid`]
  return join(
    floats(
      middle,
      low.map((l, j) => (l + high[j]!) / 2),
    ),
    floats(
      half,
      low.map((l, j) => (high[j]! - l) / 2),
    ),
    apply('Tanh', [mean], squashed),
    apply('Mul', [squashed, half], stretched),
    apply('Add', [stretched, middle], laid),
    clip(laid),
  )
}

/** log σ as the policy uses it, from the network's or the free one, whose name is `raw`. */
const clampedLogStd = ({ config: { logStd } }: Source, raw: string, out: string): Piece => {
  const { min = null, max = null } = logStd
  const [least, most, within] = [`${out}.low`, `${out}.high`, `${out}.least`]
  return join(
    float(least, min ?? -Infinity),
    float(most, max ?? Infinity),
    apply('Max', [raw, least], within),
    apply('Min', [within, most], out),
  )
}

const boxHeads = (source: Source, space: Box, path: string, from: number): Heads => {
  const { free } = source
  const n = space.size
  const [mean, logStd, action] = [`${path}mean`, `${path}log_std`, `${path}action`]
  const [mine, shape] = [`${logStd}.free`, `${logStd}.shape`]
  const place = { axis: 0, from: free.indexOf(from + n), count: n, total: free.length }
  const isClamped = isLogStdBounded(source.config.logStd)
  const raw = isClamped ? `${logStd}.raw` : logStd
  const spread =
    free.length === 0
      ? ofNetwork(source, raw, from + n, n)
      : join(
          slice('logStd', mine, place),
          apply('Shape', [mean], shape),
          apply('Expand', [mine, shape], raw),
        )
  const clamp = isClamped ? [clampedLogStd(source, raw, logStd)] : []
  return {
    ...join(
      ofNetwork(source, mean, from, n),
      spread,
      ...clamp,
      bounded(source, space, mean, action),
    ),
    outputs: [output(mean, 'f32', n), output(logStd, 'f32', n), output(action, 'f32', n)],
  }
}

/** What the index of a choice is called: the action itself where choices begin at 0. */
const indexOf = (starts: readonly number[], action: string): string =>
  starts.every((start) => start === 0) ? action : `${action}.index`

/** The choices themselves, from their indices: start + index. */
const fromStart = (starts: readonly number[], index: string, action: string): Piece =>
  index === action
    ? join()
    : join(wholes(`${action}.start`, starts), apply('Add', [index, `${action}.start`], action))

/** The first of the greatest logits, group by group. */
const eachGreatest = (space: MultiDiscrete, logits: string, action: string): Piece => {
  const { sizes } = space
  const index = indexOf(startsOf(space), action)
  const total = sizes.reduce((sum, n) => sum + n, 0)
  let before = 0
  const groups = sizes.map((count, i) => {
    const from = before
    before += count
    return { from, count, name: `${action}.${i}` }
  })
  return join(
    ...groups.flatMap(({ from, count, name }) => [
      slice(logits, `${name}.logits`, { axis: 1, from, count, total }),
      apply('ArgMax', [`${name}.logits`], name, { axis: 1, keepdims: 1 }),
    ]),
    apply(
      'Concat',
      groups.map(({ name }) => name),
      index,
      { axis: 1 },
    ),
    fromStart(startsOf(space), index, action),
  )
}

const headsOf = (source: Source, space: Space, path: string, from: number): Heads => {
  if (space.kind === 'box') return boxHeads(source, space, path, from)
  if (space.kind === 'product' || space.kind === 'tuple') {
    let at = from
    return both(
      partsOf(space).map(([name, part]) => {
        const heads = headsOf(source, part, `${path}${name}.`, at)
        at += distributionFor(part, source.config).params
        return heads
      }),
    )
  }
  const [logits, action] = [`${path}logits`, `${path}action`]
  if (space.kind === 'multiDiscrete') {
    const total = space.sizes.reduce((sum, n) => sum + n, 0)
    return {
      ...join(ofNetwork(source, logits, from, total), eachGreatest(space, logits, action)),
      outputs: [output(logits, 'f32', total), output(action, 'i64', space.sizes.length)],
    }
  }
  const n = space.n
  const cut = ofNetwork(source, logits, from, n)
  if (space.kind === 'discrete') {
    const index = indexOf([startOf(space)], action)
    return {
      ...join(
        cut,
        apply('ArgMax', [logits], index, { axis: 1, keepdims: 0 }),
        fromStart([startOf(space)], index, action),
      ),
      outputs: [output(logits, 'f32', n), output(action, 'i64')],
    }
  }
  const [zero, isOne] = [`${action}.zero`, `${action}.isOne`]
  return {
    ...join(
      cut,
      float(zero, 0),
      apply('Greater', [logits, zero], isOne),
      apply('Cast', [isOne], action, { to: 7 }),
    ),
    outputs: [output(logits, 'f32', n), output(action, 'i64', n)],
  }
}

/**
 * The distribution's parameters and its mode, from the policy network's output: `logits`, or `mean`
 * and `log_std`, and `action`; of a product, those of each part, as `stick.mean`.
 */
export const heads = (
  space: Space,
  config: ActionConfig,
  input: string,
): Heads & { readonly networkOutputs: number } => {
  const { params, logStd } = distributionFor(space, config)
  const free = config.logStd.kind === 'free' ? logStd : []
  const network = networkColumns(params, free)
  return {
    ...headsOf({ config, network, free, input }, space, '', 0),
    networkOutputs: network.length,
  }
}
