import type { Floats } from '../../tensor/tensor.ts'
import { CLOSED, each, literal, temporary, type Fill, type GpuForm, type Table } from '../form.ts'
import type { Arithmetic } from '../kernels.ts'
import { PRODUCTS, TANH_BACKWARD } from './productForms.ts'

const form = (...fills: readonly Fill[]): GpuForm => ({ fills })

const table = (x: Table['x'], columns: number): Table => ({ x, columns })

type Form<K extends (...args: never[]) => unknown> = (...args: Parameters<K>) => GpuForm

/** The largest number of each row, and log Σ e^(x − largest): [row, 2] */
const massOf = (out: Floats, x: Table, rows: number): Fill => ({
  out,
  shape: [rows, 2],
  reads: { x },
  sizes: { columns: x.columns },
  code: `let top = x(row, 0);
  for (let j = 1; j < columns; j++) top = Math.max(top, x(row, j));
  let found = top;
  if (col > 0) {
    let sum = 0.0;
    for (let j = 0; j < columns; j++) sum += Math.exp(x(row, j) - top);
    found = Math.log(sum);
  }`,
  value: 'found',
})

const logSoftmax: Form<Arithmetic['softmax']['logSoftmax']> = (out, x, rows, columns) => {
  const mass = temporary(2 * rows)
  const reads = { x: table(x, columns), mass: table(mass, 2) }
  return form(massOf(mass, reads.x, rows), {
    out,
    shape: [rows, columns],
    reads,
    value: 'x(row, col) - mass(row, 0) - mass(row, 1)',
  })
}

const nn: Form<Arithmetic['matmul']['nn']> = (out, a, b, bias, m, k, n) =>
  form({
    out,
    shape: [m, n],
    reads: { a: table(a, k), b: table(b, n), ...(bias === null ? {} : { bias }) },
    sizes: { inner: k },
    ...PRODUCTS[bias === null ? 'product' : 'nn'],
  })

const tn: Form<Arithmetic['matmul']['tn']> = (out, a, b, m, k, n) =>
  form({
    out,
    shape: [k, n],
    reads: { a: table(a, k), b: table(b, n) },
    sizes: { inner: m },
    ...PRODUCTS.tn,
  })

const nt: Form<Arithmetic['matmul']['nt']> = (out, a, b, m, k, n) =>
  form({
    out,
    shape: [m, k],
    reads: { a: table(a, n), b: table(b, n) },
    sizes: { inner: n },
    ...PRODUCTS.nt,
  })

const affineTanh: Form<Arithmetic['dense']['affineTanh']> = (y, x, w, b, m, k, n) =>
  form({
    out: y,
    shape: [m, n],
    reads: { x: table(x, k), w: table(w, n), b },
    sizes: { inner: k },
    ...PRODUCTS.affineTanh,
  })

const tanhBackward: Form<Arithmetic['dense']['tanhBackward']> = (dz, dy, y) =>
  form(each(dz, { dy, y }, TANH_BACKWARD))

const sumRows: Form<Arithmetic['dense']['sumRows']> = (out, x, m, n) =>
  form({
    out,
    shape: [n],
    reads: { x: table(x, n) },
    sizes: { inner: m },
    ...PRODUCTS.sumRows,
  })

const add: Form<Arithmetic['vector']['add']> = (out, a, b) => form(each(out, { a, b }, 'a + b'))

const exp: Form<Arithmetic['vector']['exp']> = (out, x) => form(each(out, { x }, 'Math.exp(x)'))

const scale: Form<Arithmetic['vector']['scale']> = (out, x, s) =>
  form(each(out, { x }, `x * ${literal(s)}`))

const atLeast: Form<Arithmetic['vector']['atLeast']> = (out, x, least) =>
  form(each(out, { x }, least <= CLOSED ? 'x' : `Math.max(x, ${literal(least)})`))

const mask: Form<Arithmetic['vector']['mask']> = (out, x, open) =>
  form(
    each(out, { x, open }, 'kept', {
      code: `let kept = x;
  if (open < 0.5) kept = ${literal(CLOSED)};`,
    }),
  )

const FORMS: Readonly<Record<string, (...args: never[]) => GpuForm>> = {
  'matmul.nn': nn,
  'matmul.tn': tn,
  'matmul.nt': nt,
  'dense.affineTanh': affineTanh,
  'dense.tanhBackward': tanhBackward,
  'dense.sumRows': sumRows,
  'softmax.logSoftmax': logSoftmax,
  'vector.add': add,
  'vector.exp': exp,
  'vector.scale': scale,
  'vector.atLeast': atLeast,
  'vector.mask': mask,
}

/** The form of a kernel with those arguments; null where it has none. */
export const kernelForm = (name: string, args: readonly unknown[]): (() => GpuForm) | null => {
  const found = FORMS[name] as ((...args: readonly unknown[]) => GpuForm) | undefined
  return found === undefined ? null : () => found(...args)
}
