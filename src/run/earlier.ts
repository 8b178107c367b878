import { isObject } from '../format/json.ts'

/**
 * Values for fields that earlier configs do not have: what runs did before there was a choice. When you add a
 * field, add its former behaviour here.
 */
const EARLIER = {
  shards: 1,
  shuffle: 'epoch',
  valueLambda: null,
  truncation: 'exact',
  recomputeAdvantages: false,
  advantage: { epsilonKind: 'add' },
  normalise: { observation: false, reward: false, clip: 10, epsilon: 1e-8 },
  surrogate: 'clip',
  clipSchedule: 'constant',
  dualClip: 3,
  klPenalty: { kind: 'none', beta: 1, target: 0.01 },
  klStop: { target: null, factor: 1, estimator: 'k3', when: 'epoch', scope: 'both' },
  valueClipKind: 'max',
  huber: null,
  valueLearningRate: null,
  adaptiveRate: { desiredKl: 0.01, factor: 1.5, min: 1e-5, max: 1e-2 },
  adam: { epsilonPlacement: 'corrected' },
  gradClip: 'global',
  valueHidden: null,
  trunk: 'separate',
  weights: 'orthogonal',
  logStd: { kind: 'free', init: 0 },
  actionBound: 'clip',
}

type Json = { readonly [key: string]: unknown }

/** `given` over `before`, field by field. */
const over = (before: Json, given: Json): Json => {
  const out: { [key: string]: unknown } = { ...before, ...given }
  for (const [key, value] of Object.entries(before))
    if (isObject(value) && isObject(given[key])) out[key] = over(value, given[key])
  return out
}

/**
 * The config of a run, of this version or an earlier one, with every current field. Earlier versions
 * supported only PPO, and called its settings `ppo`.
 */
export const completed = (json: unknown): unknown => {
  if (!isObject(json)) return json
  const { format, algorithm = 'ppo', ppo, settings = ppo, past = [], ...rest } = json
  return {
    format: format === 'proximal run 1' ? 'proximal run 2' : format,
    ...rest,
    algorithm,
    settings: algorithm === 'ppo' && isObject(settings) ? over(EARLIER, settings) : settings,
    past: Array.isArray(past)
      ? past.map((segment: unknown) => {
          if (!isObject(segment)) return segment
          const { ppo, ...rest } = segment
          return { settings: ppo, ...rest }
        })
      : past,
  }
}
