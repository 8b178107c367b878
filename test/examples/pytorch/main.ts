/**
 * A policy from PyTorch: `agent.safetensors` is the state dict of a CleanRL agent (tanh layers 4-8-8, saved in
 * Python by safetensors.torch.save_file). It acts here with the outputs that PyTorch computed, and is trained on
 * from its own parameters until it balances CartPole for 400 steps on average, which it did not before.
 */
import { env, io, ppo, random } from 'proximal'
import { loadPolicy } from 'proximal/inference'
import { readFile } from 'node:fs/promises'

const file = await readFile(new URL('agent.safetensors', import.meta.url))
const read = io.readPolicy(file, { activation: 'tanh' })
if (read._tag === 'Left') throw new Error(read.left.message)
const { params, normaliser, found } = read.right
console.log(`a policy of ${found.layout}, layers ${found.layers.actor.join('-')}`)
for (const warning of found.warnings) console.log(warning)

const hidden = found.layers.actor.slice(1, -1)
const config = ppo.config({ preset: 'cartpole', hidden, totalSteps: 100_352 })
const parts = ppo.parts(config, env.cartPole)

// A policy file of it acts anywhere, and tells what the networks say.
const policy = loadPolicy<env.Discrete<2>>(
  io.encodePolicy({ env: env.cartPole, config, trained: { params, normaliser } }),
)
const observation = [0.1, -0.2, 0.3, -0.4]
const [left = 0, right = 0] = policy.probabilities(observation)
const outputs = [Math.log(right / left), policy.value!(observation)]
const torch = [0.3047021 + 0.1048743, 0.2208647]
console.log(`logit of the right and value: ${outputs.join(', ')}; in PyTorch ${torch.join(', ')}`)
if (outputs.some((x, i) => Math.abs(x - torch[i]!) > 1e-5))
  throw new Error('expected the outputs of PyTorch')
console.log('its action:', policy.act(observation))

const meanReturn = (learner: Pick<ppo.Learner, 'params' | 'normaliser'>): number => {
  const options = { episodes: 100, key: random.key(2), act: 'mode' } as const
  const episodes = ppo.evaluate(env.cartPole, parts.policy, learner, options)
  return episodes.reduce((sum, episode) => sum + episode.return, 0) / episodes.length
}

const start = ppo.withParams(parts)(ppo.init(parts)(random.key(1)), params)
const ended = ppo.run(config, parts)(start)
if (ended._tag === 'Left') throw new Error(ended.left.fault.message)
const [before, after] = [meanReturn(start.learner), meanReturn(ended.right.learner)]
console.log(`mean return: ${before} as imported, ${after} after training`)
if (!(before < 400 && after >= 400)) throw new Error('expected at least 400 after training only')
