import { ppo } from 'proximal'
import { newRun, type StartRequest } from 'proximal/worker'

const settings = ppo.config({ preset: 'cartpole', totalSteps: 10_240 })
const config = newRun({ algorithm: 'ppo', env: 'cartpole', seed: 1, settings })

/** A run on one thread, and again on two, which needs a page that is cross-origin isolated. */
export const requests: readonly StartRequest[] = [1, 2].map((threads) => ({ config, threads }))
