/** A scripted visitor of the page, who prefers the clip that spins faster. */
import { createHash } from 'node:crypto'
import { pendulum } from '../../src/env/pendulum.ts'
import { ppo } from '../../src/index.ts'
import type { ShownClip, Teacher, Teaching } from '../../src/demo/teach/teacher.ts'
import { teacher, teachTo } from '../../src/demo/teach/teacher.ts'
import { evaluationKey } from '../../src/sweep/protocol.ts'

/** The seeds that are reported: the first four bytes of the SHA-256 of a text. Settings were chosen on others. */
export const protocolSeeds: readonly number[] = Array.from({ length: 5 }, (_, i) =>
  createHash('sha256')
    .update(`teach spin ${i + 1}`)
    .digest()
    .readUInt32BE(0),
)

const spin = ({ observations }: ShownClip): number => {
  let sum = 0
  for (let i = 2; i < observations.length; i += 3) sum += Math.abs(observations[i]!)
  return sum
}

/** The letter of what the visitor prefers. */
export const preferred = ([left, right]: readonly [ShownClip, ShownClip]): 'l' | 'r' =>
  spin(left) >= spin(right) ? 'l' : 'r'

/** Mean |θ̇| in rad/s over 20 evaluated episodes of the most probable actions. */
export const angularSpeed = (
  { session }: Teaching,
  seed: number,
  parts: Pick<ppo.Parts<unknown>, 'policy'>,
): number => {
  const spinning: typeof pendulum = {
    ...pendulum,
    step: (action, at) => (state) => {
      const [outcome, next] = pendulum.step(action, at)(state)
      return [{ ...outcome, reward: Math.abs(next.state.thetaDot) }, next]
    },
  }
  const episodes = ppo.evaluate(spinning, parts.policy, session.state.run.learner, {
    key: evaluationKey(seed),
    episodes: 20,
    act: 'mode',
  })
  const each = episodes.map((episode) => episode.return / episode.length)
  return each.reduce((a, b) => a + b, 0) / each.length
}

/** A session of Pendulum by the visitor's answers, up to the question after so many. */
export const visited = (seed: number, choices: number): readonly [Teacher, Teaching] => {
  const steps = teacher({ task: 'pendulum', seed })
  let at = steps.start
  for (;;) {
    const { question, choices: given } = steps.shown(at)
    if (question === null || given.length === choices) return [steps, at]
    for (at of teachTo(steps, at, given + preferred(question)));
  }
}
