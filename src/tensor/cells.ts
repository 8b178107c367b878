import { allocate, data, own, type Floats, type Numbers, type Tensor } from './tensor.ts'

/** State made of tensors and numbers: what an optimiser or a learner carries from step to step. */
export type State = number | Tensor | null | readonly State[] | { readonly [name: string]: State }

/**
 * The arrays that a state is kept in while operations move it on: a number is an array of one f64.
 */
export type Cells<S> = S extends number
  ? Float64Array
  : S extends Tensor
    ? Floats
    : S extends null
      ? null
      : { readonly [K in keyof S]: Cells<S[K]> }

const isTensor = (state: object): state is Tensor => 'dims' in state && 'buffer' in state

const isList = (state: object): state is readonly State[] => Array.isArray(state)

/** Gives arrays of zeros. */
export interface CellArrays {
  readonly floats: (length: number) => Numbers
  readonly doubles: (length: number) => Float64Array
}

type Node = null | Numbers | readonly Node[] | { readonly [name: string]: Node }

const walk = (state: State, f: (leaf: number | Tensor) => Numbers): Node => {
  if (state === null) return null
  if (typeof state === 'number' || isTensor(state)) return f(state)
  if (isList(state)) return state.map((part) => walk(part, f))
  const entries = Object.entries(state).map(([name, part]) => [name, walk(part, f)] as const)
  return Object.fromEntries(entries)
}

const lengthOf = (leaf: number | Tensor): number =>
  typeof leaf === 'number' ? 1 : leaf.shape.reduce((a, b) => a * b, 1)

/** Cells for states like this one. */
export const layCells = <S>(arrays: CellArrays, like: S): Cells<S> =>
  walk(like as State, (leaf) =>
    typeof leaf === 'number' ? arrays.doubles(1) : arrays.floats(lengthOf(leaf)),
  ) as Cells<S>

/** Cells with the numbers of a state, in arrays of their own. */
export const cellsOf = <S>(state: S): Cells<S> =>
  walk(state as State, (leaf) =>
    typeof leaf === 'number' ? Float64Array.of(leaf) : (data(leaf) as Numbers).slice(),
  ) as Cells<S>

const child = (node: Node, name: string): Node =>
  (node as { readonly [name: string]: Node })[name] as Node

/** Writes a state into cells. @throws RangeError when it has another form or other lengths */
export const setCells = <S>(cells: Cells<S>, state: S, path = 'state'): void => {
  const set = (node: Node, from: State, at: string): void => {
    if (from === null && node === null) return
    const isLeaf = from !== null && (typeof from === 'number' || isTensor(from))
    if (from === null || node === null || isLeaf !== ArrayBuffer.isView(node))
      throw new RangeError(`${at}: expected a state of the same form, got another`)
    if (typeof from === 'number') (node as Float64Array)[0] = from
    else if (isTensor(from)) {
      const [to, x] = [node as Numbers, data(from)]
      if (to.length !== x.length)
        throw new RangeError(`${at}: expected ${to.length} numbers, got ${x.length}`)
      to.set(x)
    } else {
      const [expected, got] = [Object.keys(node), Object.keys(from)]
      if (expected.join() !== got.join())
        throw new RangeError(`${at}: expected ${expected.join(', ')}, got ${got.join(', ')}`)
      for (const [name, part] of Object.entries(from)) set(child(node, name), part, `${at}.${name}`)
    }
  }
  set(cells, state as State, path)
}

/** The state that cells hold, copied; `like` gives its form. */
export const stateOf = <S>(cells: Cells<S>, like: S): S => {
  const read = (node: Node, form: State): State => {
    if (form === null) return null
    if (typeof form === 'number') return (node as Float64Array)[0]!
    if (isTensor(form)) {
      const copy = allocate(form.dtype, lengthOf(form))
      copy.set(node as Numbers)
      return own<string[]>([...form.dims], form.shape, copy)
    }
    const parts = Object.entries(form).map(
      ([name, part]) => [name, read(child(node, name), part)] as const,
    )
    return Array.isArray(form) ? parts.map(([, part]) => part) : Object.fromEntries(parts)
  }
  return read(cells, like as State) as S
}

/** Copies cells into cells of the same form. */
export const copyCells = <S>(to: Cells<S>, from: Cells<S>): void => {
  const copy = (target: Node, source: Node): void => {
    if (target === null || source === null) return
    if (ArrayBuffer.isView(target)) target.set(source as Numbers)
    else for (const name of Object.keys(target)) copy(child(target, name), child(source, name))
  }
  copy(to, from)
}
