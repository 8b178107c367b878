import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { PolicyParams } from '../../algo/policy.ts'
import { leaves } from '../../tensor/params.ts'
import type { StoredTensor } from '../safetensors.ts'
import { readParams } from '../trained.ts'
import { readGraph } from './readGraph.ts'
import { floatsOf } from './readTensor.ts'

/**
 * The parameters of a model that `encodeOnnx` wrote, to the bit, for a policy that looks like
 * `like`, whose parameters are f32. Statistics of observations are none of them.
 *
 * @returns a function of the file's bytes; Left names the tensor that is missing or has another
 * shape
 */
export const readPolicy =
  (like: PolicyParams) =>
  (bytes: Uint8Array): E.Either<string, PolicyParams> =>
    pipe(
      readGraph(bytes),
      E.flatMap(({ constants }) => {
        const stored = new Map<string, StoredTensor>()
        for (const [name] of leaves(like.tree)) {
          const found = constants.get(name)
          if (found === undefined) continue
          const floats = floatsOf(found)
          if (E.isLeft(floats)) return floats
          stored.set(name, { dtype: 'f32', shape: found.shape, data: floats.right })
        }
        return readParams(stored, like)
      }),
    )
