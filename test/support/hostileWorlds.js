/** Environments that do what they may not on a thread that the library has started. */
import { workerData } from 'node:worker_threads'

const isStarted = typeof workerData === 'object' && workerData !== null && 'start' in workerData

const FINE = { reward: 1, terminated: false, truncated: false }

/** Does so from its third step on. */
const broken = (change) => ({
  name: 'hostile',
  observationSpace: { kind: 'box', size: 1, low: [0], high: [1e9] },
  actionSpace: { kind: 'discrete', n: 2 },
  init: () => ({ age: 0 }),
  observe: ({ age }) => [age],
  step:
    () =>
    ({ age }) => [FINE, { age: age + 1 }],
  ...change,
})

const isIts = ({ age }) => isStarted && age === 3

export const bigint = broken({ observe: (state) => [isIts(state) ? 1n : state.age] })

export const revoked = broken({
  observe: (state) => {
    if (!isIts(state)) return [state.age]
    const { proxy, revoke } = Proxy.revocable([0], {})
    revoke()
    return proxy
  },
})

export const nothing = broken({
  step: () => (state) => {
    if (isIts(state)) throw undefined
    return [FINE, { age: state.age + 1 }]
  },
})

export const functional = broken({
  step:
    () =>
    ({ age }) => [FINE, { age: age + 1, ...(isStarted && { act: () => age }) }],
})
