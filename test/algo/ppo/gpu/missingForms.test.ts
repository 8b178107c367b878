import { describe, expect, test } from 'vitest'
import { gpuParts } from '../../../../src/algo/ppo/gpu/parts.ts'
import { missingForms } from '../../../../src/algo/ppo/gpu/update.ts'
import type { PpoConfig } from '../../../../src/algo/ppo/index.ts'
import { cartPole, pendulum } from '../../../../src/env/index.ts'
import { hostDevice } from '../../../support/hostDevice.ts'
import { small } from '../../../support/runs.ts'

const { klStop, klPenalty } = small

/** Choices by which the host decides what runs next, from numbers that a device computes. */
const decidedByTheHost: Readonly<Record<string, Partial<PpoConfig>>> = {
  'a KL stop, k3': { klStop: { ...klStop, target: 0.01, estimator: 'k3' } },
  'a KL stop, exact': { klStop: { ...klStop, target: 0.01, estimator: 'exact' } },
  'a KL stop by minibatches': { klStop: { ...klStop, target: 0.01, when: 'minibatch' } },
  'an adaptive learning rate': { learningRateSchedule: 'adaptive' },
  'an adaptive KL penalty': { klPenalty: { ...klPenalty, kind: 'adaptive' } },
  'recomputed advantages': { recomputeAdvantages: true },
}

describe('updates on a device', () => {
  test.each(Object.entries(decidedByTheHost))('are refused with %s', (_, choices) => {
    expect(missingForms({ ...small, ...choices }, cartPole)).not.toEqual([])
  })

  test('are refused by the names of the operations that have no form there', () => {
    const config: PpoConfig = { ...small, actionBound: 'squash' }
    expect(missingForms(config, pendulum)).toContain('squashedGaussian.logProb')
    expect(() => gpuParts(config, pendulum, hostDevice())).toThrow(
      /^gpu: expected a config whose operations all have a form on a device, got squashedGaussian\.\w+, .*: use js or wasm$/,
    )
  })
})
