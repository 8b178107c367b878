import { log1p } from '../math/f64/log.ts'
import { sinModerate } from '../math/f64/moderateTrig.ts'
import { DRAW, FOLD, type Key } from '../random/key.ts'
import { threefryInto } from '../random/threefry.ts'
import { from53 } from '../random/uniform.ts'

/** Two words of a key, to be overwritten. */
export type Words = Uint32Array

/** Writes the words of child `path[0]` of child … of the key, as `foldIn` finds them. */
export const foldInto = (words: Words, key: Key, path: readonly number[]): void => {
  words[0] = key.words[0]
  words[1] = key.words[1]
  for (let i = 0; i < path.length; i++) threefryInto(words, 0, words[0], words[1], path[i]!, FOLD)
}

const pair = new Uint32Array(2)

/** Writes draws `from` … of the uniform numbers on [0, 1) of a key: those of `uniformAt`. */
export const fillUniform = (out: Float64Array, count: number, words: Words): void => {
  for (let i = 0; i < count; i++) {
    threefryInto(pair, 0, words[0]!, words[1]!, i, DRAW)
    out[i] = from53(pair[0]!, pair[1]!)
  }
}

/** Replaces an even number of uniform numbers by normal ones, as `fillNormal` computes them. */
export const uniformToNormal = (out: Float64Array): void => {
  for (let even = 0; even < out.length; even += 2) {
    const radius = Math.sqrt(-2 * log1p(-out[even]!))
    const angle = 2 * Math.PI * out[even + 1]!
    out[even] = radius * sinModerate(angle, 1)
    out[even + 1] = radius * sinModerate(angle, 0)
  }
}
