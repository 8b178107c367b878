/** The floor: bench/floor.c, built by gcc and run as a program of its own. */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))

const BUILDS = {
  floor: [],
  floorWide: ['-march=native', '-mprefer-vector-width=512', '-ffast-math'],
  floor32: ['-DE=32', '-DT=128'],
} as const

export type Floor = keyof typeof BUILDS

const at = (floor: Floor): string => `${root}.build/${floor}`

/** Builds all of them; false, and loudly, where that cannot be. */
export const buildFloors = (): boolean => {
  try {
    mkdirSync(`${root}.build`, { recursive: true })
    for (const floor of Object.keys(BUILDS) as Floor[])
      execFileSync('gcc', ['-O3', ...BUILDS[floor], `${root}bench/floor.c`, '-o', at(floor), '-lm'])
    return true
  } catch {
    console.log('floor: SKIPPED, no gcc to build bench/floor.c, so there are no ratios to C')
    return false
  }
}

const found = (floor: Floor, args: readonly string[], pattern: RegExp): number => {
  const out = execFileSync(at(floor), args, { encoding: 'utf8' })
  const number = Number(pattern.exec(out)?.[1])
  if (!Number.isFinite(number)) throw new Error(`${floor}: expected ${pattern}, got ${out}`)
  return number
}

/** Env steps per second over so many updates. */
export const floorSpeed = (floor: Floor, updates: number): number =>
  found(floor, ['ppo', String(updates)], /: (\d+) steps\/s/)

/** GFLOP/s of a square matmul, the best of ten goes. */
export const floorMatmul = (n: number): number =>
  found('floor', ['matmul', String(n)], /: ([\d.]+) GFLOP\/s/)
