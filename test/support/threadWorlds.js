/** Environments as a program would keep them, in a module that threads import. */
import { isMainThread } from 'node:worker_threads'

const world = {
  name: 'counter',
  observationSpace: { kind: 'box', size: 1, low: [0], high: [1e9] },
  actionSpace: { kind: 'discrete', n: 2 },
  init: () => ({ age: 0 }),
  observe: ({ age }) => [age / 50],
  step:
    (action) =>
    ({ age }) => [
      { reward: action, terminated: age > 20, truncated: age === 13 },
      { age: age + 1 },
    ],
}

/** Does something in its tenth step on threads that are not the caller's. */
const broken = (act) => ({
  ...world,
  step:
    (action) =>
    ({ age }) => {
      if (age === 9 && isMainThread === false) act()
      return [{ reward: action, terminated: false, truncated: false }, { age: age + 1 }]
    },
})

export const counter = world

/** Three choices, of which another one is closed each step. */
export const choosy = {
  ...world,
  name: 'choosy',
  actionSpace: { kind: 'discrete', n: 3 },
  actionMask: ({ age }) => [0, 1, 2].map((choice) => (age + choice) % 3 !== 0),
}

export const throwing = broken(() => {
  throw new RangeError('reward: expected a day off, got none')
})

export const exiting = broken(() => process.exit(7))

export const hanging = broken(() => {
  for (;;);
})
