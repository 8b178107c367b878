/** GFLOP/s of square matrix products, on arrays that lie in the memory of the maker. */
import { bytesOf, layOut, type Alloc } from '../../src/kernel/layout.ts'
import { scratchLength, type Maker } from '../../src/kernel/maker.ts'
import { makers } from '../../src/kernel/makers.ts'
import { floorMatmul } from './floor.ts'
import { interleave, ratios, secondsOf, timesToFill, type Effort } from './rounds.ts'
import { median, spread, table } from './table.ts'

const SIZES = [4, 16, 64, 256, 512, 1024]
const SIZES_JS = [64, 256]
const SIZES_FLOOR = [64, 512]
const PRODUCTS = ['nn', 'tn', 'nt'] as const

/** Goes of a piece, of which the best counts: as many as the floor has. */
const goes = (n: number): number => (n > 512 ? 3 : 10)
const SECONDS_OF_A_GO = 0.002

const products = (maker: Maker, n: number) => {
  const layout = ({ f32 }: Alloc) => ({
    a: f32(n * n),
    b: f32(n * n),
    out: f32(n * n),
    scratch: f32(scratchLength(n, n)),
  })
  const memory = maker.memory(bytesOf(layout, maker.reserved), false)
  const { a, b, out, scratch } = layOut(layout, memory, maker.reserved)
  for (let i = 0; i < n * n; i++) {
    a[i] = ((i * 7919) % 997) / 997 - 0.5
    b[i] = ((i * 104729) % 991) / 991 - 0.5
  }
  const { matmul } = maker.over(memory, scratch)
  return {
    nn: () => matmul.nn(out, a, b, null, n, n, n),
    tn: () => matmul.tn(out, a, b, n, n, n),
    nt: () => matmul.nt(out, a, b, n, n, n),
  }
}

const piece = (n: number, product: () => void): (() => number) => {
  const run = (times: number) => {
    for (let i = 0; i < times; i++) product()
  }
  // Compiled functions take a while to become fast ones; the first filling sees to that.
  if (n < 512) timesToFill(10 * SECONDS_OF_A_GO, run)
  const times = timesToFill(SECONDS_OF_A_GO, run)
  return () => {
    let best = Infinity
    for (let go = 0; go < goes(n); go++) best = Math.min(best, secondsOf(() => run(times)) / times)
    return (2 * n * n * n) / best / 1e9
  }
}

export const kernels = ({ rounds }: Effort, hasFloor: boolean): void => {
  const contenders = new Map<string, () => number>()
  for (const n of SIZES) {
    const wasm = products(makers.wasm, n)
    for (const name of PRODUCTS) contenders.set(`wasm ${name} ${n}`, piece(n, wasm[name]))
  }
  for (const n of SIZES_JS) contenders.set(`js nn ${n}`, piece(n, products(makers.js, n).nn))
  if (hasFloor) for (const n of SIZES_FLOOR) contenders.set(`C ${n}`, () => floorMatmul(n))

  const measured = interleave(rounds, contenders)
  const cells = (name: string): readonly string[] => {
    const xs = measured.get(name)
    return xs === undefined ? ['', ''] : spread(xs, median(xs) < 10 ? 2 : 1)
  }
  console.log(`\nMatrix products n × n × n in GFLOP/s, ${rounds} rounds: median (min … max)`)
  console.log('each the best of ten goes, of three at 1024; nn: A B, tn: Aᵀ B, nt: A Bᵀ\n')
  console.log(
    table([
      ['n', 'wasm nn', '', 'wasm tn', '', 'wasm nt', '', 'js nn'],
      ...SIZES.map((n) => [
        String(n),
        PRODUCTS.flatMap((name) => cells(`wasm ${name} ${n}`)),
        cells(`js nn ${n}`),
      ]),
    ]),
  )
  if (!hasFloor) return
  console.log(
    `\n${table([
      ['n', 'C, i-k-j loops', '', 'wasm nn ÷ C'],
      ...SIZES_FLOOR.map((n) => [
        String(n),
        cells(`C ${n}`),
        spread(ratios(measured, `wasm nn ${n}`, `C ${n}`) ?? [], 2),
      ]),
    ])}`,
  )
}
