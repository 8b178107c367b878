import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  measurement,
  type Contender,
  type Course,
  type Progress,
} from '../../../src/kernel/gpu/measure.ts'
import { factors, isProduct } from '../../../src/kernel/gpu/product.ts'
import { speedOf, winsFrom, type Table } from '../../../src/kernel/gpu/speeds.ts'

const product = (a: Float32Array, b: Float32Array, n: number): Float32Array => {
  const c = new Float32Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      for (let k = 0; k < n; k++) c[i * n + j]! += a[i * n + k]! * b[k * n + j]!
  return c
}

/** A clock that products alone move on, and a record of them in their order. */
const stage = () => {
  let time = 0
  const calls: Array<readonly [name: string, n: number]> = []
  const contender = (
    name: string,
    milliseconds: (n: number, call: number) => number,
    isLater = false,
  ): Contender => {
    let call = 0
    return {
      name,
      product: (a, b, n) => {
        time += milliseconds(n, call++)
        calls.push([name, n])
        const c = product(a, b, n)
        return isLater ? Promise.resolve(c) : c
      },
    }
  }
  const course = (more: Partial<Course>): Course => ({
    sizes: [4],
    rounds: 3,
    least: 1,
    budget: 1e9,
    now: () => time,
    ...more,
  })
  return { contender, course, calls, spent: () => time, waste: (ms: number) => (time += ms) }
}

const ended = async (
  contenders: readonly Contender[],
  course: Course,
): Promise<{ table: Table; told: readonly Progress[] }> => {
  const told: Progress[] = []
  const measuring = measurement(contenders, course)
  for (;;) {
    const { done, value } = await measuring.next()
    if (done === true) return { table: value, told }
    told.push(value)
  }
}

/** GFLOP/s of a product of n that takes so many milliseconds. */
const gflops = (n: number, ms: number) => (2 * n ** 3) / (ms * 1e6)

describe('the check of a product', () => {
  test.prop([fc.integer({ min: 1, max: 20 })])('takes the product for one', (n) => {
    const [a, b] = factors(n)
    expect(isProduct(product(a, b, n), a, b, n)).toBe(true)
  })

  test.prop([fc.integer({ min: 1, max: 12 }), fc.nat(), fc.constantFrom(-1, 1, NaN)])(
    'takes no other matrix of one number for it',
    (n, place, more) => {
      const [a, b] = factors(n)
      const c = product(a, b, n)
      c[place % c.length]! += more
      expect(isProduct(c, a, b, n)).toBe(false)
    },
  )

  test.each([2, 3, 8, 13])('n = %i: takes neither zeros nor transposes for it', (n) => {
    const [a, b] = factors(n)
    expect(isProduct(new Float32Array(n * n), a, b, n)).toBe(false)
    expect(isProduct(product(b, a, n), a, b, n)).toBe(false)
    const c = product(a, b, n)
    const turned = c.map((_, i) => c[(i % n) * n + Math.floor(i / n)]!)
    expect(isProduct(turned, a, b, n)).toBe(false)
    expect(isProduct(Float32Array.of(...c, 0), a, b, n)).toBe(false)
  })
})

describe('a speed', () => {
  test('is 2n³ operations by the time, with the median of odd and of even rounds', () => {
    // 2 · 10³ operations in a millisecond are 0.002 GFLOP/s.
    expect(speedOf([1], 10)).toEqual({ median: 0.002, min: 0.002, max: 0.002 })
    expect(speedOf([4, 1, 2], 10)).toEqual({ median: 0.001, min: 0.0005, max: 0.002 })
    expect(speedOf([2, 1], 10)).toEqual({ median: 0.0015, min: 0.001, max: 0.002 })
  })
})

describe('a measurement', () => {
  test.prop([
    fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1, maxLength: 3 }),
    fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 3 }),
    fc.integer({ min: 1, max: 4 }),
    fc.boolean(),
  ])(
    'gives each the speed that it has, at once or with promises',
    async (ms, some, rounds, isLater) => {
      const sizes = some.toSorted((a, b) => a - b)
      const { contender, course } = stage()
      const all = ms.map((x, i) => contender(`m${i}`, (n) => x * n, isLater))
      const { table, told } = await ended(all, course({ sizes, rounds }))
      expect(table.sizes).toEqual(sizes)
      table.rows.forEach(({ name, speeds, problem }, i) => {
        expect([name, problem]).toEqual([`m${i}`, null])
        speeds.forEach((speed, j) => {
          const n = sizes[j]!
          for (const x of [speed!.median, speed!.min, speed!.max])
            expect(x / gflops(n, ms[i]! * n)).toBeCloseTo(1, 6)
        })
        expect(speeds).toHaveLength(sizes.length)
      })
      const total = sizes.length * all.length * (1 + rounds)
      expect(told.map(({ done }) => done)).toEqual(Array.from({ length: total }, (_, i) => i + 1))
      expect(told.every((x) => x.total === total)).toBe(true)
    },
  )

  test('takes turns: each round all of them, from another one on', async () => {
    const { contender, course, calls } = stage()
    const all = ['a', 'b', 'c'].map((name) => contender(name, () => 1))
    const { told } = await ended(all, course({}))
    // Two products each to warm up: one that is checked, one that lasts long enough.
    expect(calls.map(([name]) => name).join('')).toBe('aabbccabcbcacab')
    expect(told.map(({ name }) => name).join('')).toBe('abcabcbcacab')
    expect(told.every(({ n }) => n === 4)).toBe(true)
  })

  test('a round is as many products as last long enough, a power of two', async () => {
    const { contender, course, calls } = stage()
    await ended([contender('a', () => 0.3)], course({ least: 1, rounds: 2 }))
    // 1 checked, then 1, 2 and 4 that last 1.2 ms; twice 4.
    expect(calls).toHaveLength(1 + 7 + 8)
    const just = stage()
    await ended([just.contender('a', () => 0.5)], just.course({ least: 1, rounds: 1 }))
    expect(just.calls).toHaveLength(1 + 3 + 2)
  })

  test('a promise lasts until it is kept', async () => {
    const { course, waste } = stage()
    const later: Contender = {
      name: 'later',
      product: async (a, b, n) => {
        waste(1)
        await Promise.resolve()
        waste(3)
        return product(a, b, n)
      },
    }
    const { table } = await ended([later], course({}))
    expect(table.rows[0]!.speeds).toEqual([speedOf([4, 4, 4], 4)])
  })

  test('what is done between two pieces is not measured', async () => {
    const { contender, course, waste } = stage()
    const measuring = measurement([contender('a', () => 2)], course({}))
    for (;;) {
      const { done, value } = await measuring.next()
      waste(1000)
      if (done !== true) continue
      expect(value.rows[0]!.speeds[0]!.min).toBeCloseTo(gflops(4, 2), 12)
      return
    }
  })

  test('the first product, which may compile, counts for nothing', async () => {
    const { contender, course } = stage()
    const { table } = await ended(
      [contender('a', (_, call) => (call === 0 ? 90 : 2))],
      course({ budget: 100 }),
    )
    expect(table.rows[0]!.speeds).toEqual([speedOf([2, 2, 2], 4)])
  })
})

describe('the budget', () => {
  // With 3 rounds a size takes 5 products at least, and t = n³ grows 8 times a size.
  const slow = async (budget: number) => {
    const { contender, course, calls, spent } = stage()
    const { table, told } = await ended(
      [contender('slow', (n) => n * n * n), contender('quick', () => 1)],
      course({ sizes: [2, 4, 8, 16], budget }),
    )
    const [row, quick] = table.rows
    expect(quick!.speeds).not.toContain(null)
    expect(told.at(-1)).toMatchObject({ done: 32, total: 32 })
    const measured = row!.speeds.map((x) => x !== null)
    const asked = new Set(calls.flatMap(([name, n]) => (name === 'slow' ? [n] : [])))
    return { measured, asked: [...asked], spent: spent(), problem: row!.problem }
  }

  test('leaves out a size that is predicted to take longer, without a try', async () => {
    expect(await slow(5 * 512)).toMatchObject({
      measured: [true, true, true, false],
      asked: [2, 4, 8],
      problem: null,
    })
    expect(await slow(5 * 512 - 1)).toMatchObject({
      measured: [true, true, false, false],
      asked: [2, 4],
    })
  })

  test('does not take what is fixed for what grows', async () => {
    const { contender, course } = stage()
    // 100 ms and n³ / 100: times n³ of the last one, 16 would be predicted to take 844 ms.
    const { table } = await ended(
      [contender('a', (n) => 100 + (n * n * n) / 100)],
      course({ sizes: [4, 5, 8, 16], budget: 5 * 200 }),
    )
    expect(table.rows[0]!.speeds).not.toContain(null)
  })

  test('ends what was predicted too quick after a product or two, and larger sizes with it', async () => {
    const { contender, course, calls } = stage()
    const all = [contender('a', (n) => (n > 3 ? 300 : 1))]
    const { table } = await ended(all, course({ sizes: [2, 3, 4, 5], budget: 1000 }))
    expect(table.rows[0]!.speeds.map((x) => x !== null)).toEqual([true, true, false, false])
    expect(calls.filter(([, n]) => n > 3)).toEqual([
      ['a', 4],
      ['a', 4],
    ])
    const first = stage()
    await ended([first.contender('a', () => 1001)], first.course({ sizes: [2, 3], budget: 1000 }))
    expect(first.calls).toEqual([['a', 2]])
  })
})

describe('a problem', () => {
  const failing = (name: string, at: number, isLater: boolean): Contender => ({
    name,
    product: (a, b, n) => {
      const error = new Error(`lost at ${n}`)
      if (n < at) return product(a, b, n)
      if (isLater) return Promise.reject(error)
      throw error
    },
  })

  test.each([false, true])('ends a row alone, with what it was (promise: %s)', async (isLater) => {
    const { contender, course } = stage()
    let time = 0
    const { table, told } = await ended(
      [failing('bad', 3, isLater), contender('good', () => 1)],
      course({ sizes: [2, 3, 4], now: () => time++ }),
    )
    const [bad, good] = table.rows
    expect(bad!.problem).toBe('lost at 3')
    expect(bad!.speeds.map((x) => x !== null)).toEqual([true, false, false])
    expect(good!.problem).toBe(null)
    expect(good!.speeds).not.toContain(null)
    expect(told.at(-1)).toMatchObject({ done: 24, total: 24 })
  })

  test('in the middle of the rounds leaves no speed of the rounds before', async () => {
    const { contender, course } = stage()
    const inner = contender('a', () => 1)
    let calls = 0
    const { table } = await ended(
      [
        {
          name: 'a',
          product: (a, b, n) => {
            if (++calls === 4) throw new Error('gone')
            return inner.product(a, b, n)
          },
        },
      ],
      course({}),
    )
    expect(table.rows).toEqual([{ name: 'a', speeds: [null], problem: 'gone' }])
    expect(calls).toBe(4)
  })

  test('wrong numbers are one: what computes zeros is not fast', async () => {
    const { course } = stage()
    const zeros: Contender = { name: 'zeros', product: (a) => new Float32Array(a.length) }
    const { table } = await ended([zeros], course({ sizes: [4, 8] }))
    expect(table.rows[0]!.speeds).toEqual([null, null])
    expect(table.rows[0]!.problem).toBe(
      'n = 4: expected the product of two matrices, got other numbers',
    )
  })

  test.each<[Partial<Course>, string]>([
    [{ sizes: [0] }, 'sizes[0]: expected a whole number >= 1, got 0'],
    [{ sizes: [4, 4] }, 'sizes[1]: expected a whole number >= 5, got 4'],
    [{ sizes: [4, 8.5] }, 'sizes[1]: expected a whole number >= 5, got 8.5'],
    [{ rounds: 0 }, 'rounds: expected a whole number >= 1, got 0'],
  ])('%j is refused', async (more, why) => {
    await expect(ended([], stage().course(more))).rejects.toThrow(new RangeError(why))
  })
})

describe('winning', () => {
  const sizes = [32, 64, 128, 256]
  const table = (gpu: readonly number[], wasm: readonly number[]): Table => {
    const row = (name: string, speeds: readonly number[]) => ({
      name,
      problem: null,
      // 0 stands for a size that was left out.
      speeds: speeds.map((x) => (x === 0 ? null : { median: x, min: 0, max: 999 })),
    })
    return { sizes, rows: [row('gpu', gpu), row('wasm', wasm), row('js', [1, 1, 1, 1])] }
  }

  test.each<[string, readonly number[], readonly number[], number | null]>([
    ['from the first size on', [9, 9, 9, 9], [8, 8, 8, 8], 32],
    ['from a size in the middle on', [1, 2, 9, 9], [8, 8, 8, 8], 128],
    ['at the last size alone', [1, 1, 1, 9], [8, 8, 8, 8], 256],
    ['nowhere', [1, 1, 1, 1], [8, 8, 8, 8], null],
    ['not where it is lost again', [9, 9, 9, 1], [8, 8, 8, 8], null],
    ['after it was lost once', [9, 1, 9, 9], [8, 8, 8, 8], 128],
    ['not by a tie', [8, 8, 8, 8], [8, 8, 8, 8], null],
    ['not where it would have taken too long', [9, 9, 9, 0], [8, 8, 8, 8], null],
    ['where the other would have', [9, 9, 9, 9], [8, 8, 8, 0], 32],
    ['by sizes that one of them was measured at', [1, 9, 9, 0], [8, 8, 8, 0], 64],
    ['not without any', [0, 0, 0, 0], [0, 0, 0, 0], null],
  ])('%s', (_, gpu, wasm, from) => {
    expect(winsFrom(table(gpu, wasm), 'gpu')).toBe(from)
  })

  test('compares with the named one, and only a contender that is present wins', () => {
    const found = table([2, 2, 2, 2], [8, 8, 8, 8])
    expect(winsFrom(found, 'gpu')).toBe(null)
    expect(winsFrom(found, 'gpu', 'js')).toBe(32)
    expect(winsFrom(found, 'webgpu')).toBe(null)
  })
})
