import { foldIn, key } from '../../src/random/index.ts'
import { uniforms53 } from '../../src/random/uniform.ts'

/** Draws of one case, one after the other: the same seed and case give the same ones. */
export interface Draw {
  readonly unit: () => number
  /** 0 … n − 1 */
  readonly below: (n: number) => number
  readonly oneOf: <A>(list: readonly A[]) => A
}

const AT_ONCE = 16

export const drawOf = (seed: number, one: number): Draw => {
  const mine = foldIn(key(seed), one)
  let drawn = uniforms53(foldIn(mine, 0), AT_ONCE)
  let [at, page] = [0, 0]
  const unit = (): number => {
    if (at === AT_ONCE) {
      page += 1
      drawn = uniforms53(foldIn(mine, page), AT_ONCE)
      at = 0
    }
    return drawn[at++]!
  }
  const below = (n: number): number => Math.floor(unit() * n)
  return { unit, below, oneOf: (list) => list[below(list.length)]! }
}
