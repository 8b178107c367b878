import { withCorpusLoss } from './corpusLoss.ts'
import type { PolicyForward, PolicyObjective } from './objective.ts'
import type { Policy } from './policy.ts'
import { withReferenceKl } from './referenceKl.ts'
import type { LossFields } from './samples.ts'

/** An objective with the terms that a config adds for policies over tokens; itself where it adds none. */
export const withTokenLosses = (
  config: LossFields,
  policy: Policy,
  objective: PolicyObjective<PolicyForward>,
): PolicyObjective<PolicyForward> =>
  withCorpusLoss(config, policy, withReferenceKl(config, policy, objective))
