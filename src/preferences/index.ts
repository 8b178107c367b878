export {
  clipForm,
  clipsOf,
  stepsOf,
  withoutReward,
  type Clip,
  type ClipForm,
  type RewardedClip,
} from './clip.ts'
export { checkedPreferences, preferencesConfig, type PreferencesConfig } from './config.ts'
export {
  knowsOver,
  mostDisputed,
  rewardEnsemble,
  type FitSummary,
  type RewardEnsemble,
  type RewardMember,
} from './ensemble.ts'
export { preferenceFitConfig, type PreferenceFitConfig } from './fitConfig.ts'
export {
  ask,
  preferencesOf,
  synthetic,
  trueReturn,
  type Answer,
  type BlindLabeller,
  type Labeller,
  type Pair,
  type Preference,
  type SyntheticLabeller,
  type SyntheticOptions,
} from './labeller.ts'
export {
  preferencesLearner as learner,
  trainOnPreferences as train,
  type PreferencesMetrics,
  type PreferencesState,
  type PreferencesUpdate,
  type RoundMetrics,
} from './learner.ts'
export { decodePreferences, encodePreferences, type PreferenceError } from './preferenceFile.ts'
export { preferenceLoss, preferenceSamples, type PreferenceSamples } from './preferenceLoss.ts'
export { rewardNetwork, type RewardNetwork } from './rewardNetwork.ts'
export {
  sessionSteps,
  undo,
  type Learned,
  type Session,
  type SessionPhase,
  type SessionSteps,
} from './session.ts'
export { inputScale, type InputScale } from './stepInputs.ts'
