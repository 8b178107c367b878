import type { Trajectory } from '../algo/trajectory.ts'
import { data } from '../tensor/tensor.ts'

/** A response in a rollout that began with it: tokens of environment `env` at times [from, to). */
export interface WholeResponse {
  readonly env: number
  readonly from: number
  readonly to: number
}

/**
 * The responses of a rollout that began no later than T − `longest`, by environment and then by time. All of
 * them end in it, so that none is left out for its length: they are draws from the policy. The tokens after
 * the last one of an environment belong to none.
 *
 * @param trajectory whose environments all begin a response at time 0
 * @param longest tokens of a response at most, EOS included
 * @throws RangeError when a rollout has fewer steps than `longest`, or a response goes on beyond it
 */
export const wholeResponses = (
  { terminated }: Pick<Trajectory, 'terminated'>,
  longest: number,
): readonly WholeResponse[] => {
  const [time, envs] = terminated.shape
  if (!(Number.isInteger(longest) && longest >= 1 && longest <= time))
    throw new RangeError(
      `longest: expected a whole number from 1 to the ${time} steps of a rollout, got ${longest}`,
    )
  const over = data(terminated)
  const responses: WholeResponse[] = []
  for (let env = 0; env < envs; env++)
    for (let from = 0; from <= time - longest;) {
      let at = from
      while (at - from < longest && over[at * envs + env] === 0) at++
      if (at - from === longest)
        throw new RangeError(
          `longest: expected the tokens of the longest response, got ${longest}, but a response of env=${env} is longer`,
        )
      responses.push({ env, from, to: at + 1 })
      from = at + 1
    }
  return responses
}
