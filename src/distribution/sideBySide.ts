import { foldIn } from '../random/key.ts'
import { expectShape, within } from '../tensor/check.ts'
import { promote } from '../tensor/elementwise.ts'
import { data, reshape, type DType, type Tensor } from '../tensor/tensor.ts'
import { cut, join, type Columns } from './columns.ts'
import type { ActionDims, Distribution, Param } from './distribution.ts'
import { eachRow } from './rows.ts'

/** A distribution, and how many parameters its members have. */
export type Part = readonly [distribution: Distribution, params: number]

interface Place {
  readonly distribution: Distribution
  readonly param: Columns
  readonly action: Columns
  readonly choice: Columns
}

const layOut = (name: string, parts: readonly Part[]): readonly Place[] => {
  const at = { param: 0, action: 0, choice: 0 }
  return parts.map(([distribution, params], i) => {
    const columns = (kind: keyof typeof at, count: number): Columns => {
      at[kind] += count
      return { from: at[kind] - count, count }
    }
    return within(`${name} ${i}`, () => ({
      distribution,
      param: columns('param', params),
      action: columns('action', distribution.actions(params)),
      choice: columns('choice', distribution.choices(params)),
    }))
  })
}

const endOf = (kind: 'param' | 'action' | 'choice', places: readonly Place[]): number => {
  const last = places.at(-1)!
  return last[kind].from + last[kind].count
}

/**
 * Independent parts, whose parameters, actions and choices lie side by side: log-probabilities,
 * entropies and KL add up, in rising order of the parts, gradients and F lie side by side too. Part
 * i draws from child i of the key.
 *
 * @param name what errors call a part: `group 1: action[env=0]: expected …`
 * @param actionType the element type of actions, from that of the parameters
 */
export const sideBySide = (
  name: string,
  parts: readonly Part[],
  actionType: (dtype: 'f32' | 'f64') => DType,
): Distribution<['action']> => {
  const places = layOut(name, parts)
  const params = endOf('param', places)
  const actions = endOf('action', places)
  const choices = endOf('choice', places)

  const checkParam = (param: Param<string>): void =>
    void expectShape('param', param, [param.dims[0], 'param'], [param.shape[0], params])

  const eachPart = <T>(f: (place: Place, i: number) => T): readonly T[] =>
    places.map((place, i) => within(`${name} ${i}`, () => f(place, i)))

  const total = <B extends string>(
    param: Param<B>,
    f: (place: Place, mine: Param<B>) => Tensor<[B]>,
  ): Tensor<[B]> => {
    checkParam(param)
    const terms = eachPart((place) => data(f(place, cut(param, place.param))))
    return eachRow(param, (i) => {
      let sum = 0
      for (const term of terms) sum += term[i]!
      return sum
    })
  }

  const beside = <B extends string>(
    param: Param<B>,
    f: (place: Place, mine: Param<B>) => Param<B>,
  ): Param<B> => {
    checkParam(param)
    const tables = eachPart((place) => f(place, cut(param, place.param)))
    return join<B, 'param'>([param.dims[0], 'param'], param.shape[0], tables, promote(param))
  }

  const draw = <B extends string>(
    param: Param<B>,
    f: (place: Place, mine: Param<B>, i: number) => Tensor,
  ): Tensor<[B, 'action']> => {
    checkParam(param)
    const tables = eachPart((place, i) => f(place, cut(param, place.param), i))
    const dtype = actionType(promote(param))
    return join<B, 'action'>([param.dims[0], 'action'], param.shape[0], tables, dtype)
  }

  /** The part's own action: a column, or a number where that is what it takes. */
  const ownAction = <B extends string>(
    action: Tensor<[B, 'action']>,
    { distribution, action: columns }: Place,
  ): Tensor<[B, ...ActionDims]> => {
    const table = cut(action, columns)
    return distribution.actionDims.length === 0
      ? reshape<[B]>(table, [action.dims[0]], [action.shape[0]])
      : table
  }

  const checkAction = ({ dims, shape }: Param<string>, action: Tensor): void =>
    void expectShape('action', action, [dims[0], 'action'], [shape[0], actions])

  const known = (count: number): void => {
    if (count !== params)
      throw new RangeError(`params: expected ${params} for ${parts.length} ${name}s, got ${count}`)
  }

  return {
    actionDims: ['action'],

    actions: (count) => {
      known(count)
      return actions
    },

    choices: (count) => {
      known(count)
      return choices
    },

    sample: (key, param) =>
      draw(param, ({ distribution }, mine, i) => distribution.sample(foldIn(key, i), mine)),

    mode: (param) => draw(param, ({ distribution }, mine) => distribution.mode(mine)),

    logProb: (param, action) => {
      checkAction(param, action)
      return total(param, (place, mine) =>
        place.distribution.logProb(mine, ownAction(action, place)),
      )
    },

    logProbGrad: (param, action) => {
      checkAction(param, action)
      return beside(param, (place, mine) =>
        place.distribution.logProbGrad(mine, ownAction(action, place)),
      )
    },

    entropy: (param) => total(param, ({ distribution }, mine) => distribution.entropy(mine)),

    entropyGrad: (param) =>
      beside(param, ({ distribution }, mine) => distribution.entropyGrad(mine)),

    kl: (p, q) => {
      expectShape('q', q, p.dims, p.shape)
      return total(p, ({ distribution, param }, mine) => distribution.kl(mine, cut(q, param)))
    },

    klGrad: (p, q) => {
      expectShape('q', q, p.dims, p.shape)
      return beside(q, ({ distribution, param }, mine) => distribution.klGrad(cut(p, param), mine))
    },

    fisher: (param, v) => {
      expectShape('v', v, param.dims, param.shape)
      return beside(param, ({ distribution, param: columns }, mine) =>
        distribution.fisher(mine, cut(v, columns)),
      )
    },

    mask: (param, open) => {
      expectShape('mask', open, [param.dims[0], 'choice'], [param.shape[0], choices])
      return beside(param, ({ distribution, choice }, mine) =>
        distribution.mask(mine, cut(open, choice)),
      )
    },
  }
}
