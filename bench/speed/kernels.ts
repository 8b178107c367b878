/** GFLOP/s of square matrix products, on arrays that lie in the memory of the backend. */
import { buildAlone } from '../../src/engine/runtime.ts'
import type { Backend } from '../../src/kernel/backend.ts'
import { backends } from '../../src/kernel/backends.ts'
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

const products = (backend: Backend, n: number) => {
  const { a, b, nn, tn, nt } = buildAlone(backend, ({ own, record }) => {
    const [a, b, out] = [own.floats(n * n), own.floats(n * n), own.floats(n * n)]
    return {
      a,
      b,
      nn: record(({ matmul }) => matmul.nn(out, a, b, null, n, n, n)).run,
      tn: record(({ matmul }) => matmul.tn(out, a, b, n, n, n)).run,
      nt: record(({ matmul }) => matmul.nt(out, a, b, n, n, n)).run,
    }
  })
  for (let i = 0; i < n * n; i++) {
    a[i] = ((i * 7919) % 997) / 997 - 0.5
    b[i] = ((i * 104729) % 991) / 991 - 0.5
  }
  return { nn, tn, nt }
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
    const wasm = products(backends.wasm, n)
    for (const name of PRODUCTS) contenders.set(`wasm ${name} ${n}`, piece(n, wasm[name]))
  }
  for (const n of SIZES_JS) contenders.set(`js nn ${n}`, piece(n, products(backends.js, n).nn))
  if (hasFloor) for (const n of SIZES_FLOOR) contenders.set(`C ${n}`, () => floorMatmul(n))

  const measured = interleave(rounds, contenders)
  const cells = (name: string): readonly string[] => {
    const xs = measured.get(name)
    return xs === undefined ? ['', ''] : spread(xs, median(xs) < 10 ? 2 : 1)
  }
  console.log(`\nMatrix products n × n × n in GFLOP/s, ${rounds} rounds: median (min … max)`)
  console.log('each the best of ten attempts, of three at 1024; nn: A B, tn: Aᵀ B, nt: A Bᵀ\n')
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
