/** Where the functions are tried: natural ranges, every exponent, every bit, special points. */
import { generator } from './generator.ts'
import { scale } from './ulp.ts'

export type FunctionName = 'exp' | 'log' | 'log1p' | 'tanh' | 'sin' | 'cos'

export const functionNames: readonly FunctionName[] = ['exp', 'log', 'log1p', 'tanh', 'sin', 'cos']

const view = new DataView(new ArrayBuffer(8))

const fromDoubleBits = (high: number, low: number): number => {
  view.setUint32(0, high)
  view.setUint32(4, low)
  return view.getFloat64(0)
}

const fromSingleBits = (bits: number): number => {
  view.setUint32(0, bits)
  return view.getFloat32(0)
}

/** The range that a function is mostly used in. */
const ranges: Record<FunctionName, readonly [from: number, to: number]> = {
  exp: [-40, 40],
  log: [0, 100],
  log1p: [-1, 20],
  tanh: [-10, 10],
  sin: [-100, 100],
  cos: [-100, 100],
}

/** Points with a cut, a cancellation or a threshold close by. */
const points: Record<FunctionName, readonly number[]> = {
  exp: [
    0, 709.782712893384, -708.3964185322641, -745.1332191019411, 88.72283935546875,
    -87.3365478515625, -103.972076416015625,
  ],
  log: [1, Math.SQRT2, Math.SQRT1_2, 2, 0.5, 2.2250738585072014e-308],
  log1p: [0, -1, -0.28125, 0.40625, 1, -0.5],
  tanh: [0, 0.5625, 0.17328679513998632, 0.5198603854199589, 9.01, 19.06],
  sin: [0],
  cos: [0],
}

/** An endless stream of arguments of a function, f32-valued where `single` is set. */
export const inputs = (name: FunctionName, single: boolean, seed: number): (() => number) => {
  const random = generator(seed)
  const round = single ? Math.fround : (x: number): number => x
  const [from, to] = ranges[name]
  const special = points[name]
  const least = name === 'log' ? 0 : name === 'log1p' ? -1 : -Infinity

  const nearPoint = (): number => {
    const point =
      name === 'sin' || name === 'cos'
        ? random.integer(-20000, 20000) * (Math.PI / 2)
        : (special[random.integer(0, special.length - 1)] ?? 0)
    const step = random.uniform(-1, 1) * scale(1, random.integer(-60, -2))
    return point + step * Math.max(1, Math.abs(point))
  }

  const draw = (): number => {
    const kind = random.integer(0, 7)
    if (kind < 3) return random.uniform(from, to)
    if (kind < 5) return nearPoint()
    if (kind < 6) return random.uniform(-1, 1) * scale(1, random.integer(-40, single ? 13 : 30))
    if (kind < 7 && name === 'exp')
      return single ? random.uniform(-104, 89) : random.uniform(-746, 710)
    return single ? fromSingleBits(random.bits()) : fromDoubleBits(random.bits(), random.bits())
  }

  return () => {
    for (;;) {
      const x = round(draw())
      if (Number.isFinite(x) && x !== 0 && x > least) return x
      if (name === 'log' && x < 0 && x > -Infinity) return -x
    }
  }
}
