/**
 * A browser extension that only acts: the content policy of its manifest allows no generated code, and its page loads
 * nothing but `proximal/inference` and a policy file of a few kilobytes. This program, which is not part of the
 * extension, trains the policy, writes the file, and says what the page must come to, to the bit.
 */
import { env, io, ppo, random } from 'proximal'
import { writeFile } from 'node:fs/promises'
import { balance } from './balance.js'

const config = ppo.config({ preset: 'cartpole', hidden: [16, 16], totalSteps: 61_440 })
const parts = ppo.parts(config, env.cartPole)
const ended = ppo.run(config, parts)(ppo.init(parts)(random.key(1)))
if (ended._tag === 'Left') throw new Error(ended.left.fault.message)

const trained = ended.right.learner
const file = io.encodePolicy({ env: env.cartPole, config, trained, value: false })
await writeFile(new URL('policy.safetensors', import.meta.url), file)
console.log(`policy.safetensors has ${file.length} bytes`)

const result = balance(file, 1)
console.log(result)
if (!result.startsWith('balanced for 500 steps')) throw new Error('expected 500 steps')
