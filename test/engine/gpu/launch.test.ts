import { fc, test } from '@fast-check/vitest'
import { describe, expect, test as example } from 'vitest'
import { launchOf, type Step } from '../../../src/engine/gpu/launch.ts'
import { each, temporary, total, type GpuForm } from '../../../src/kernel/form.ts'
import { hostDevice } from '../../support/hostDevice.ts'

/** Numbers [from, from + length) of one of the buffers. */
interface Range {
  readonly buffer: number
  readonly from: number
  readonly length: number
}

/** An operation on ranges: its form, and what it is to put where. */
interface Op {
  readonly form: (out: Float32Array, a: Float32Array, b: Float32Array, s: number) => GpuForm
  readonly value: (a: readonly number[], b: readonly number[], s: number) => readonly number[]
}

const SIZE = 24
const COLUMNS = 3

const live = (s: number) => ({ names: ['s'], read: () => [s] })

/** Ways in which forms read: number by number, by index, as a matrix, a live number, a whole sum. */
const OPS: Readonly<Record<string, Op>> = {
  add: {
    form: (out, a, b) => ({ fills: [each(out, { a, b }, 'a + b')] }),
    value: (a, b) => a.map((x, i) => x + b[i]!),
  },
  copy: {
    form: (out, a) => ({ fills: [each(out, { a }, 'a')] }),
    value: (a) => a,
  },
  scale: {
    form: (out, a, _, s) => ({
      live: live(s),
      fills: [each(out, { a }, 'found * s', { code: 'const found = a;' })],
    }),
    value: (a, _, s) => a.map((x) => x * s),
  },
  reverse: {
    form: (out, a) => ({
      fills: [
        {
          out,
          shape: [out.length],
          reads: { a },
          sizes: { last: out.length - 1 },
          value: 'a(last - i)',
        },
      ],
    }),
    value: (a) => a.toReversed(),
  },
  shiftRows: {
    form: (out, x, y) => ({
      fills: [
        {
          out,
          shape: [out.length / COLUMNS, COLUMNS],
          reads: { x: { x, columns: COLUMNS } },
          each: { y },
          code: `let found = x(row, col);
  if (col > 0) found = x(row, 0) + y;`,
          value: 'found',
        },
      ],
    }),
    value: (x, y) => x.map((_, i) => (i % COLUMNS > 0 ? x[i - (i % COLUMNS)]! + y[i]! : x[i]!)),
  },
  lessSum: {
    form: (out, a) => {
      const sum = temporary(1)
      return {
        fills: [...total(sum, a, 'x'), each(out, { a }, 'a - sum(0)', { reads: { sum } })],
      }
    },
    value: (a) => {
      const sum = a.reduce((x, y) => x + y, 0)
      return a.map((x) => x - sum)
    },
  },
}

interface Planned {
  readonly name: string
  readonly out: Range
  readonly a: Range
  readonly b: Range
  readonly s: number
}

const rangeOf = (length: number) =>
  fc.record({
    buffer: fc.nat(1),
    from: fc.nat(SIZE - length),
    length: fc.constant(length),
  })

const planned: fc.Arbitrary<Planned> = fc
  .tuple(fc.constantFrom(...Object.keys(OPS)), fc.constantFrom(3, 6, 12, SIZE))
  .chain(([name, length]) =>
    fc.record({
      name: fc.constant(name),
      out: rangeOf(length),
      a: rangeOf(length),
      b: rangeOf(length),
      s: fc.constantFrom(-1, 0, 2),
    }),
  )

const buffers = () =>
  [1, 2].map((k) => Float32Array.from({ length: SIZE }, (_, i) => ((i * 7 * k) % 5) - 2))

const view = (all: readonly Float32Array[], { buffer, from, length }: Range): Float32Array =>
  all[buffer]!.subarray(from, from + length)

/** What operations do, one after the other. */
const expected = (all: readonly Float32Array[], plan: readonly Planned[]): void => {
  for (const { name, out, a, b, s } of plan)
    view(all, out).set(OPS[name]!.value([...view(all, a)], [...view(all, b)], s))
}

const launched = (all: readonly Float32Array[], plan: readonly Planned[]) => {
  const device = hostDevice()
  const steps = plan.map(({ name, out, a, b, s }): Step => {
    const form = OPS[name]!.form(view(all, out), view(all, a), view(all, b), s)
    return { name, form }
  })
  const numbers = steps.flatMap(({ form }) => form.live?.read() ?? [])
  return { device, steps, live: Float32Array.from(numbers) }
}

describe('a launch', () => {
  // At most twelve additions of whole numbers: f32 is exact.
  test.prop([fc.array(planned, { minLength: 1, maxLength: 6 })])(
    'fills the arrays that its operations fill one after the other, launch after launch',
    async (plan) => {
      const [found, wanted] = [buffers(), buffers()]
      const { device, steps, live } = launched(found, plan)
      const launch = launchOf(device, steps, found)
      for (let n = 0; n < 2; n++) {
        await launch.run(live)
        expected(wanted, plan)
        expect(found).toEqual(wanted)
      }
    },
  )

  const [x, y, z] = [temporary(4), temporary(4), temporary(4)]
  const step = (name: string, form: GpuForm): Step => ({ name, form })
  const plus1 = (out: Float32Array, a: Float32Array) =>
    step('plus1', { fills: [each(out, { a }, 'a + 1')] })

  example('computes what is read once, number by number, in the kernel that reads it', async () => {
    const device = hostDevice()
    const launch = launchOf(device, [plus1(y, x), plus1(z, y)], [z])
    x.set([1, 2, 3, 4])
    await launch.run(new Float32Array(0))
    expect([...z]).toEqual([3, 4, 5, 6])
    expect(device.sources).toHaveLength(1)
    expect(launch).toMatchObject({ up: 2, down: 1 })
  })

  example('leaves out what nobody wants', async () => {
    const device = hostDevice()
    x.set([1, 2, 3, 4])
    const launch = launchOf(device, [plus1(y, x), plus1(z, x)], [z])
    await launch.run(new Float32Array(0))
    expect([...z]).toEqual([2, 3, 4, 5])
    expect(device.sources).toHaveLength(1)
  })

  example('reads at most seven arrays in a kernel', async () => {
    const device = hostDevice()
    const parts = Array.from({ length: 20 }, (_, i) => Float32Array.of(i, -i))
    const all = temporary(40)
    const steps = parts.map((a, i) =>
      step('put', { fills: [each(all.subarray(2 * i, 2 * i + 2), { a }, '2 * a')] }),
    )
    await launchOf(device, steps, [all]).run(new Float32Array(0))
    expect([...all]).toEqual(parts.flatMap((a) => [...a].map((x) => 2 * x)))
    for (const source of device.sources)
      expect(new Set(source.match(/\barray\d+\[/g)).size).toBeLessThanOrEqual(7)
  })
})
