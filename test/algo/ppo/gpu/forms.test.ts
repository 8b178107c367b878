import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FORMS } from '../../../../src/algo/ppo/gpu/forms.ts'

/**
 * Operations that no update of `ppo` runs on a device, or whose results the host reads in the middle of one.
 * A new operation belongs here or gets a form.
 */
const WITHOUT_FORM = `
  adamW.decay bernoulli.entropy bernoulli.entropyGrad bernoulli.expOfMinusAbs bernoulli.fisher bernoulli.kl
  bernoulli.klGrad bernoulli.logOfOnePlus bernoulli.logProb bernoulli.logProbGrad bernoulli.mode
  bernoulli.sample categorical.fisher categorical.kl categorical.klGrad categorical.mode categorical.sample
  clipByNormEach columns.cut columns.paste comparison.rank conv2d.col2im conv2d.im2col copy corpusLoss
  distribution.copy distribution.flag dpo.compare embedding.gather embedding.scatterAdd estimateKl
  expectFinite fit.losses fit.validation gaussian.fisher gaussian.kl gaussian.klGrad gaussian.mode
  gaussian.sample joint.round joint.sum klPenalty layer.zero nextToken.weigh ones place preference.compare
  ratioMetrics referenceKl.estimate referenceKl.exact rest reverseKl reverseKl.grad rmsProp rows scale sgd
  squashedGaussian.entropy squashedGaussian.entropyGrad squashedGaussian.logProb squashedGaussian.squash
  squashedGaussian.unsquash trpo.trial valueLoss`
  .trim()
  .split(/\s+/)

/** The names of all operations in the source of the library. */
const named = [
  'algo',
  'distribution',
  'engine',
  'nn',
  'optim',
  'preferences',
  'rl',
  'rlhf',
].flatMap((folder) =>
  readdirSync(join('src', folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...readFileSync(join('src', folder, file), 'utf8').matchAll(/\boperation\(\s*'([^']+)'/g),
    ])
    .map(([, name]) => name!),
)

test('operations have a form on a device, or are listed as without one', () => {
  const formed = new Set([...FORMS.keys()].map(({ name }) => name))
  expect([...new Set(named)].filter((name) => !formed.has(name)).toSorted()).toEqual(WITHOUT_FORM)
  expect([...formed].filter((name) => !named.includes(name))).toEqual([])
})
