import { operation, type Machine, type Operation } from '../kernel/machine.ts'
import { foldIn, type Key } from '../random/key.ts'
import { expectShape, located, within } from '../tensor/check.ts'
import { data, own, ownLike, reshape, type DType, type Tensor } from '../tensor/tensor.ts'
import { allocate, cut, paste, type Columns } from './columns.ts'
import type { ActionDims, Distribution, Fitted, Mask, Param } from './distribution.ts'
import { filling, inTypeOf, machineFor, once, type In, type Out } from './rows.ts'

/** A distribution, and how many parameters its members have. */
export type Part = readonly [distribution: Distribution, params: number]

interface Place {
  /** `group 1`, as errors call it */
  readonly name: string
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
      name: `${name} ${i}`,
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

/** The machine, with a place put in front of the errors of what it runs, whenever it runs. */
const locating = (machine: Machine, place: string): Machine => ({
  ...machine,
  run: <A extends readonly unknown[]>({ name, run }: Operation<A>, ...args: A) =>
    machine.run(
      operation(name, (kernels, ...given: A) => {
        try {
          run(kernels, ...given)
        } catch (error) {
          throw located(place, error)
        }
      }),
      ...args,
    ),
})

/** Child i of a key whose words may change. */
const childOf = (key: Key, i: number): Key => ({
  get words() {
    return foldIn(key, i).words
  },
})

const addUp = operation('joint.sum', (_, sum: Float64Array, term: In, isFirst: boolean) => {
  for (let i = 0; i < sum.length; i++) sum[i] = (isFirst ? 0 : sum[i]!) + term[i]!
})

const round = operation('joint.round', (_, out: Out, sum: In) => {
  for (let i = 0; i < out.length; i++) out[i] = sum[i]!
})

/** What members of this family know of each other. */
interface FittedJoint<B extends string> extends Fitted<B, ['action']> {
  readonly parts: readonly Fitted<B>[]
}

const isJoint = <B extends string>(q: Fitted<B, ['action']>): q is FittedJoint<B> => 'parts' in q

/**
 * Independent parts, whose parameters, actions and choices lie side by side: log-probabilities,
 * entropies and KL add up, in rising order of the parts; gradients and F lie side by side too. Part
 * i draws from child i of the key.
 *
 * @param name what errors call a part: `group 1: action[env=0]: expected …`
 * @param actionType the element type of actions, from that of the parameters
 */
export const joint = (
  name: string,
  parts: readonly Part[],
  actionType: (dtype: 'f32' | 'f64') => DType,
): Distribution<['action']> => {
  const places = layOut(name, parts)
  const params = endOf('param', places)
  const actions = endOf('action', places)
  const choices = endOf('choice', places)

  const known = (count: number): void => {
    if (count !== params)
      throw new RangeError(`params: expected ${params} for ${parts.length} ${name}s, got ${count}`)
  }

  const at = <B extends string>(
    given: Param<B>,
    mask: Mask<B> | null = null,
    machine: Machine = machineFor(given),
  ): FittedJoint<B> => {
    const [batch] = given.dims
    const [rows] = given.shape
    expectShape('param', given, [batch, 'param'], [rows, params])
    const all = inTypeOf(machine, given)
    if (mask !== null) expectShape('mask', mask, [batch, 'choice'], [rows, choices])

    const { perRow } = filling(machine, all)
    const cuts = places.map((place) => cut(machine, all, place.param))
    const fitted = places.map(({ name, distribution, choice }, i) => {
      const mine = mask === null || choice.count === 0 ? null : cut(machine, mask, choice)
      return distribution.at(cuts[i]!, mine, locating(machine, name))
    })

    const total = (f: (part: Fitted<B>, place: Place, i: number) => Tensor<[B]>): Tensor<[B]> => {
      const sum = machine.doubles(rows)
      places.forEach((place, i) => {
        machine.run(addUp, sum, data(f(fitted[i]!, place, i)), i === 0)
      })
      return perRow(round, sum)
    }

    const beside = (f: (part: Fitted<B>, place: Place, i: number) => Param<B>): Param<B> => {
      const out = machine.alloc(rows * params)
      places.forEach((place, i) => {
        paste(machine, out, params, f(fitted[i]!, place, i), place.param, rows)
      })
      return ownLike(all, out)
    }

    const actionsOf = (f: (part: Fitted<B>, i: number) => Tensor): Tensor<[B, 'action']> => {
      const out = allocate(machine, actionType(machine.dtype), rows * actions)
      places.forEach(({ action }, i) => {
        paste(machine, out, actions, f(fitted[i]!, i), action, rows)
      })
      return own<[B, 'action']>([batch, 'action'], [rows, actions], out)
    }

    /** The part's own action: a column, or a number where that is what it takes. */
    const ownAction = (
      action: Tensor<[B, 'action']>,
      { distribution, action: columns }: Place,
    ): Tensor<[B, ...ActionDims]> => {
      const table = cut(machine, action, columns)
      return distribution.actionDims.length === 0 ? reshape<[B]>(table, [batch], [rows]) : table
    }

    const checkAction = (action: Tensor): void =>
      void expectShape('action', action, [batch, 'action'], [rows, actions])

    const partsOf = (q: Fitted<B, ['action']>): readonly Fitted<B>[] => {
      expectShape('q', q.param, all.dims, all.shape)
      return (isJoint(q) ? q : at(q.param, null, machine)).parts
    }

    const param = once(() =>
      fitted.every((part, i) => part.param === cuts[i]) ? all : beside((part) => part.param),
    )

    return {
      get param() {
        return param()
      },
      parts: fitted,

      sample: (key, from = 0) => actionsOf((part, i) => part.sample(childOf(key, i), from)),

      mode: () => actionsOf((part) => part.mode()),

      logProb: (action) => {
        checkAction(action)
        return total((part, place) => part.logProb(ownAction(action, place)))
      },

      logProbGrad: (action, dLogProb) => {
        checkAction(action)
        return beside((part, place) => part.logProbGrad(ownAction(action, place), dLogProb))
      },

      entropy: () => total((part) => part.entropy()),

      entropyGrad: (dEntropy) => beside((part) => part.entropyGrad(dEntropy)),

      kl: (q) => {
        const others = partsOf(q)
        return total((part, _, i) => part.kl(others[i]!))
      },

      klGrad: (q, dKl) => {
        const others = partsOf(q)
        return beside((part, _, i) => part.klGrad(others[i]!, dKl))
      },

      fisher: (v) => {
        expectShape('v', v, all.dims, all.shape)
        return beside((part, { param }) => part.fisher(cut(machine, v, param)))
      },
    }
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

    at,
  }
}
