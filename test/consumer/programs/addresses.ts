import { env, io, ppo, random } from 'proximal'
import { check } from './same.js'

// Where there is a fetch, of the web or of Node, ours takes it.
const storage = io.storage.fetched({ base: 'http://localhost:1/', fetch })
check('nobody answers there', (await storage.read('run'))._tag === 'Left')

const config = { ...ppo.preset('cleanrl'), envs: 2, steps: 8, minibatches: 2, totalSteps: 32 }
const parts = await ppo.threadedParts(config, env.cartPole, { threads: 2 })
const ended = ppo.run(config, parts)(ppo.init(parts)(random.key(1)))
await parts.stop()
check('threads learn', ended._tag === 'Right' && parts.threads === 2)
