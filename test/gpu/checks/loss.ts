import * as E from 'fp-ts/lib/Either.js'
import { gpuParts } from '../../../src/algo/ppo/gpu/parts.ts'
import { init, runAsync } from '../../../src/algo/ppo/index.ts'
import { encodeCheckpoint, openCheckpoint } from '../../../src/run/checkpoint.ts'
import { firstLink, nextLink } from '../../../src/run/hash.ts'
import { resume } from '../../../src/run/resume.ts'
import { key } from '../../../src/random/index.ts'
import { atMost, type Checks } from '../check.ts'
import { scenes } from '../scenes.ts'

/** A device that goes in the middle of a run: a typed fault, and the state before it, whole. */
export const losesDevice: Checks = async function* ({ device, lose }) {
  if (lose === null) return
  const { world, config } = scenes['clip, two actions']!
  const parts = gpuParts({ ...config, totalSteps: 20 * 96 }, world, device)
  const start = init(parts)(key(1))
  const chain = [firstLink(start.learner)]
  const ended = await runAsync(parts.config, parts)(start, (metrics, state) => {
    chain.push(nextLink(chain.at(-1)!, metrics, state.learner))
    if (metrics.update === 3) lose()
  })
  yield atMost('a lost device: not told', E.isLeft(ended) ? 0 : 1, 0)
  if (E.isRight(ended)) return
  const { fault, state } = ended.left
  yield atMost('a lost device: not by the name gpu', fault.field === 'gpu' ? 0 : 1, 0)
  const isWhole = chain.length === state.update + 1 && state.update >= 3
  yield atMost('a lost device: updates lost before it', isWhole ? 0 : 1, 0)
  const saved = encodeCheckpoint({ config: parts.config, state, link: chain.at(-1)!, about: {} })
  const back = E.isLeft(saved) ? saved : openCheckpoint(saved.right)
  const again = E.isLeft(back) ? back : resume(parts)(back.right)
  yield atMost('a lost device: the last state cannot be saved', E.isRight(again) ? 0 : 1, 0)
}
