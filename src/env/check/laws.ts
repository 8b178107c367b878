/** The laws that an environment must obey, in the order in which they are checked. */
export const LAWS = {
  parts: 'it has the parts of an environment',
  spaces: 'its spaces are well formed',
  init: 'init is a function of its key',
  observe: 'observe is a function of the state',
  seen: 'observations are finite numbers within observationSpace',
  mask: 'actionMask is a function of the state, and allows at least one choice',
  step: 'step is a function of action, key and state',
  untouched: 'no argument is modified',
  reward: 'rewards are finite numbers',
  ends: 'terminated and truncated are booleans',
  replay: 'the same keys give the same episode, whatever else is played',
} as const

/** Properties that are not laws, but worth knowing. */
export const NOTES = {
  plain: 'states are plain data that threads and files can hold',
  chance: 'keys make a difference',
  limit: 'episodes end',
} as const

export type LawId = keyof typeof LAWS | keyof typeof NOTES
