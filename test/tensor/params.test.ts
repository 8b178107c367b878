import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  leaves,
  pack,
  partRanges,
  withFlat,
  type ParamTree,
  type Range,
} from '../../src/tensor/params.ts'
import { data, of, own, toArray, transpose } from '../../src/tensor/tensor.ts'
import { matrix } from '../support/arbitrary.ts'
import { expectPure } from '../law/purity.ts'

const trees = fc
  .array(matrix(fc.constant('f32')), { minLength: 3, maxLength: 3 })
  .map(([a, b, c]) => ({
    tree: { actor: { first: a!.t, second: b!.t }, critic: { deep: { only: c!.t } } },
    rows: [a!, b!, c!].map(({ rows }) => rows.flat()),
  }))

const paths = ['actor.first', 'actor.second', 'critic.deep.only']

describe('leaves', () => {
  test.prop({ x: trees })('are the tensors with dotted paths, in order', ({ x }) => {
    const found = expectPure((t: ParamTree) => leaves(t), x.tree)
    expect(found.map(([path]) => path)).toStrictEqual(paths)
    expect(found.map(([, leaf]) => toArray(leaf))).toStrictEqual(x.rows)
  })

  test('of a tree with nothing in it there are none', () => {
    expect(leaves({})).toStrictEqual([])
    expect(leaves({ a: {}, b: { c: {} } })).toStrictEqual([])
  })
})

describe('pack', () => {
  test.prop({ x: trees })('lays the leaves one after the other', ({ x }) => {
    const packed = expectPure(pack, x.tree)
    expect(toArray(packed.flat)).toStrictEqual(x.rows.flat())
    expect(packed.flat.shape).toStrictEqual([x.rows.flat().length])
    expect(packed.flat.dtype).toBe('f32')
  })

  test.prop({ x: trees })('keeps the tree: paths, names, sizes, numbers', ({ x }) => {
    const list = (tree: ParamTree) =>
      leaves(tree).map(([path, t]) => [path, t.dims, t.shape, t.dtype, toArray(t)])
    expect(list(pack(x.tree).tree)).toStrictEqual(list(x.tree))
  })

  test('the leaves are windows on the flat vector, without a copy', () => {
    const { flat, tree } = pack({ a: of(['i'], [2], [1, 2]), b: of(['i'], [1], [3]) })
    const buffer = (data(flat) as Float64Array).buffer
    expect((data(tree.a) as Float64Array).buffer).toBe(buffer)
    expect((data(tree.b) as Float64Array).buffer).toBe(buffer)
  })

  test('copies: the tree it was given keeps an array of its own', () => {
    const given = Float32Array.of(1, 2)
    const packed = pack({ a: own(['i'], [2], given) })
    given[0] = 9
    expect(toArray(packed.flat)).toStrictEqual([1, 2])
  })

  test('one f64 leaf makes all of them f64', () => {
    const half = of(['i'], [1], Float32Array.of(0.5))
    expect(pack({ a: half, b: of(['i'], [1], [0.1]) }).flat.dtype).toBe('f64')
    expect(pack({ a: half }).flat.dtype).toBe('f32')
  })

  test('a transposed leaf lies in its own row-major order', () => {
    const t = transpose(of(['a', 'b'], [2, 2], [1, 2, 3, 4]))
    expect(toArray(pack({ t }).flat)).toStrictEqual([1, 3, 2, 4])
  })
})

describe('withFlat', () => {
  test.prop({ x: trees })('of the same numbers is the same parameters', ({ x }) => {
    const packed = pack(x.tree)
    const again = expectPure(
      (tree: typeof x.tree, flat: Float32Array) => withFlat(tree, flat),
      x.tree,
      Float32Array.from(toArray(packed.flat)),
    )
    expect(leaves(again.tree).map(([path, t]) => [path, t.dims, toArray(t)])).toStrictEqual(
      leaves(packed.tree).map(([path, t]) => [path, t.dims, toArray(t)]),
    )
  })

  test('cuts another vector as the tree is cut', () => {
    const tree = { w: of(['i', 'j'], [2, 2], [0, 0, 0, 0]), b: of(['j'], [2], [0, 0]) }
    const { tree: cut } = withFlat(tree, Float64Array.of(1, 2, 3, 4, 5, 6))
    expect([toArray(cut.w), toArray(cut.b)]).toStrictEqual([
      [1, 2, 3, 4],
      [5, 6],
    ])
  })

  test('a vector that is too short is refused', () => {
    const tree = { w: of(['i'], [3], [0, 0, 0]) }
    expect(() => withFlat(tree, new Float64Array(2))).toThrow(RangeError)
  })

  test('a vector that is too long is refused', () => {
    const tree = { w: of(['i'], [3], [0, 0, 0]) }
    expect(() => withFlat(tree, new Float64Array(4))).toThrow(RangeError)
  })
})

describe('partRanges', () => {
  test.prop({ x: trees })('are the ends of the top-level parts in the flat vector', ({ x }) => {
    const { flat, tree } = pack(x.tree)
    const { actor, critic } = expectPure((t: typeof tree) => partRanges(t), tree)
    const cut = ([from, to]: Range): number[] => toArray(flat).slice(from, to)
    expect(cut(actor)).toStrictEqual([...x.rows[0]!, ...x.rows[1]!])
    expect(cut(critic)).toStrictEqual(x.rows[2])
    expect([actor[0], actor[1], critic[1]]).toStrictEqual([0, critic[0], flat.shape[0]])
  })

  test('a leaf at the top is a part, an empty one too', () => {
    const tree = {
      trunk: {},
      w: { a: of(['i', 'j'], [2, 3], new Float64Array(6)) },
      b: of(['i'], [1], [0]),
    }
    expect(partRanges(tree)).toStrictEqual({ trunk: [0, 0], w: [0, 6], b: [6, 7] })
    expect(Object.keys(partRanges(tree))).toStrictEqual(['trunk', 'w', 'b'])
  })
})
