import { loadPolicy } from '../../../.build/tested/dist/inference/index.js'
import { env, io, kernel, ppo, random, tensor, trpo } from '../../../.build/tested/dist/index.js'

const small = { envs: 2, steps: 8, minibatches: 2, totalSteps: 64, hidden: [8], shards: 2 }
const fast = { ...ppo.preset('cleanrl'), ...small }
/** What is written in the functions that people read: a shared trunk, whitening, a KL penalty. */
const written = {
  ...fast,
  trunk: 'shared',
  klPenalty: { kind: 'adaptive', beta: 1, target: 0.01 },
  normalise: { observation: true, reward: true, clip: 10, epsilon: 1e-8 },
}

const toEnd = (going) => {
  for (;;) {
    const { done, value } = going.next()
    if (done === true) return value
  }
}

const right = (either) => {
  if (either._tag === 'Left') throw new Error(JSON.stringify(either.left))
  return either.right
}

const trained = (config, world) => {
  const parts = ppo.parts(config, world)
  return right(ppo.run(config, parts)(ppo.init(parts)(random.key(1))))
}

const byTrpo = () => {
  const config = { ...trpo.presets.cartpole, envs: 2, steps: 16, totalSteps: 32, hidden: [8] }
  const parts = trpo.parts(config, env.cartPole)
  let hash = ''
  for (const [, state] of trpo.train(config, parts)(trpo.init(parts)(random.key(1))))
    hash = io.learnerHash(state.learner)
  return hash
}

/** What a policy file decides; where WebAssembly is refused, what the error begins with. */
const byFile = (learner) => {
  try {
    const policy = loadPolicy(
      io.encodePolicy({ env: env.cartPole, config: fast, trained: learner }),
    )
    const observation = [0.01, 0.02, -0.03, 0.04]
    return [policy.act(observation), ...policy.probabilities(observation)]
  } catch (error) {
    return error.message.split(':')[0]
  }
}

/** What a page with a strict content policy has to be able to do; values follow from the code alone. */
export const program = async () => {
  const state = trained(fast, env.cartPole)
  const parts = ppo.parts(fast, env.cartPole)

  const bytes = right(io.encodeCheckpoint({ config: fast, state, link: null, about: {} }))
  const again = right(io.resume(parts)(right(io.openCheckpoint(bytes))))

  const storage = io.storage.memory()
  right(await storage.write('run', bytes))

  const certificate = toEnd(
    io.certify({
      format: 'proximal run 2',
      version: io.version,
      algorithm: 'ppo',
      env: 'pendulum',
      seed: 3,
      preset: 'pendulum',
      kernels: 'js',
      settings: { ...ppo.preset('pendulum'), ...small },
      past: [],
    }),
  )

  const t = tensor.transpose(tensor.of(['a', 'b'], [2, 3], [1, 2, 3, 4, 5, 6]))
  return {
    kernels: kernel.backend('auto').name,
    trained: io.learnerHash(state.learner),
    written: io.learnerHash(trained(written, env.pendulum).learner),
    trpo: byTrpo(),
    acted: ppo.actor(parts, state.learner)([0.01, 0.02, -0.03, 0.04]),
    inference: byFile(state.learner),
    played: ppo.evaluate(env.cartPole, parts.policy, state.learner, {
      key: random.key(2),
      episodes: 2,
      act: 'mode',
    }),
    read: io.learnerHash(again.learner),
    stored: right(await storage.read('run')).length,
    verified: right(toEnd(io.verify(certificate))).updates,
    sum: tensor.toArray(tensor.add(t, tensor.scale(t, 10))),
  }
}
