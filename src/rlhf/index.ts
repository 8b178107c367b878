export { bestOfN, bestOfNCurve, type BestOfNPoint, type Picked } from './bestOfN.ts'
export { groupsOf, pairsOf, rankByScore, type Comparison } from './comparison.ts'
export {
  decodeComparisons,
  decodeLabels,
  encodeComparisons,
  encodeLabel,
  type ComparisonError,
  type Label,
} from './comparisonFile.ts'
export { comparisonLoss } from './comparisonLoss.ts'
export { comparisonSamples, type ComparisonSamples } from './comparisonSamples.ts'
export { countTokens, tokenSamples, type TokenSamples } from './context.ts'
export { corpus, holdOut, type Corpus, type CorpusOptions, type Split } from './corpus.ts'
export type { CorpusMix } from './corpusMix.ts'
export { distinct } from './distinct.ts'
export { dpoLoss, dpoSamples, type DpoSamples } from './dpoLoss.ts'
export { decode, encode, type Sequence } from './encode.ts'
export { fineTune, fineTuneConfig, type FineTuneConfig } from './fineTune.ts'
export { fitDpo, fitDpoConfig, fitDpoSteps, implicitRewards, type FitDpoConfig } from './fitDpo.ts'
export { fitReward, fitRewardConfig, type FitRewardConfig } from './fitReward.ts'
export { generate, type GenerateConfig, type Generated } from './generate.ts'
export {
  iterateLanguage,
  nextBeta,
  type IterateLanguageConfig,
  type KlRewardConfig,
  type LanguageMetrics,
  type LanguageState,
} from './iterateLanguage.ts'
export {
  atTemperature,
  fromLanguageModel,
  languagePpo,
  languagePpoConfig,
  toLanguageModel,
  withoutValue,
  type LanguageParts,
  type LanguagePpoConfig,
} from './languageAgent.ts'
export {
  grpoAdvantages,
  noBaseline,
  reinforceAdvantages,
  rlooAdvantages,
  type GroupConfig,
  type GrpoConfig,
  type ReturnBaseline,
} from './groupAdvantage.ts'
export { languageEnvironment, type LanguageEnvironmentConfig } from './languageEnvironment.ts'
export {
  languageModel,
  languageModelConfig,
  type LanguageModel,
  type LanguageModelConfig,
  type LanguageParams,
} from './languageModel.ts'
export { maskedWhiten, whitenRewardsConfig, type MaskedWhitenConfig } from './maskedWhiten.ts'
export { ngram, trigramWeights, type NgramWeights } from './ngram.ts'
export { nextTokenLoss } from './nextTokenLoss.ts'
export {
  accuracy,
  calibration,
  disagreement,
  margins,
  type CalibrationBin,
} from './preferenceMetrics.ts'
export { readTexts } from './readTexts.ts'
export { fromReference, type FromReference } from './reference.ts'
export {
  responseAdvantages,
  type ResponseAdvantages,
  type ResponseEstimator,
} from './responseAdvantages.ts'
export {
  ensembleScore,
  rewardModel,
  rewardModelConfig,
  rewardScores,
  type RewardModel,
  type RewardModelConfig,
  type RewardParams,
} from './rewardModel.ts'
export {
  scaleOf,
  scoreAll,
  standardised,
  typicalOf,
  type Scale,
  type Score,
  type ScoreError,
} from './score.ts'
export {
  crossEntropy,
  sequenceLogProbs,
  type CrossEntropy,
  type LogProbs,
} from './sequenceLogProbs.ts'
export { standardMetrics, type StandardMetrics } from './standardMetrics.ts'
export {
  frequentTokens,
  tokenIds,
  vocabulary,
  type CorpusError,
  type SpecialTokens,
  type TokenKind,
  type Vocabulary,
} from './vocabulary.ts'
export { wholeResponses, type WholeResponse } from './wholeResponses.ts'
