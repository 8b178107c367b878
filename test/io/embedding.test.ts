import * as E from 'fp-ts/lib/Either.js'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { env, io, ppo, random } from '../../src/index.ts'
import { files } from '../../src/io/storage/files.ts'

/** A walk to 5 or −5 that chance nudges now and then: where it goes on depends on key and state. */
const walk: env.Environment<{ readonly at: number }, env.Discrete<2>> = {
  name: 'walk',
  observationSpace: env.box(1, [-9], [9]),
  actionSpace: env.discrete(2),
  init: () => ({ at: 0 }),
  step: (action, key) => (state) => {
    const [nudge] = random.uniform(key, 1)
    const at = state.at + (action === 1 ? 1 : -1) * (nudge < 0.2 ? 2 : 1)
    const terminated = at >= 5 || at <= -5
    return [{ reward: at >= 5 ? 1 : 0, terminated, truncated: false }, { at }]
  },
  observe: ({ at }) => [at],
}
