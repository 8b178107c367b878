/** The over-optimisation experiment of Gao et al. 2022, arXiv:2210.10760, for one seed. */
import { random, rlhf } from '../../src/index.ts'
import type { FirstNames } from '../../src/rlhf/corpora/names.ts'
import { right } from './right.ts'
import { settings, type Arm } from './settings.ts'

/** Of a policy, at some time of its training. Scores are in standard deviations of the reference. */
export interface Measured {
  readonly update: number
  readonly proxy: number
  readonly gold: number
  /** exact KL(π ‖ ρ) of a response, in nats */
  readonly kl: number
}

export interface ArmResult {
  readonly arm: Arm
  readonly curve: readonly Measured[]
  /** held-out accuracy of the reward model on true preferences; null for the gold score */
  readonly accuracy: number | null
  readonly seconds: number
}

export interface SeedResult {
  readonly seed: number
  /** cross-entropy of the fine-tuned model on held-out names, in nats a character */
  readonly nats: number
  readonly arms: readonly ArmResult[]
  /** by the reward model of the first arm */
  readonly bestOfN: readonly rlhf.BestOfNPoint[]
}

const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length

/** The hidden preference: names like the women's that end in certain letters, of a certain length. */
const goldOf = (vocabulary: rlhf.Vocabulary, { female }: FirstNames): rlhf.Score => {
  const { endings, length, perToken } = settings.gold
  const liked = female.filter((name) => endings.includes(name.at(-1)!))
  const logProbs = rlhf.ngram(vocabulary, right(rlhf.encode(vocabulary)(liked)))
  return rlhf.typicalOf(logProbs, { length, perToken })
}

/** Runs all arms for a seed. */
export const experiment = (
  names: FirstNames,
  seed: number,
  tell: (phase: string, updates: number) => void,
): SeedResult => {
  const key = (purpose: number): random.Key => random.foldIn(random.key(seed), purpose)
  const { vocabulary, sequences } = right(rlhf.corpus(names.all))
  const { train, heldOut } = rlhf.holdOut(key(0), settings.heldOutNames)(sequences)

  tell('fine-tuning', 0)
  const model = rlhf.languageModel(vocabulary)
  const tuned = rlhf.fineTune(rlhf.fineTuneConfig, model)(
    model.init(key(1)),
    train,
    key(2),
    heldOut,
  )
  const nats = tuned.history.at(-1)!.validationLoss
  const rho = tuned.params

  const { longest, window, responses } = settings
  const write = (
    count: number,
    from: rlhf.LanguageParams,
    by: random.Key,
  ): readonly rlhf.Sequence[] =>
    rlhf
      .generate(model, { count, longest })(from, by)
      .map(({ tokens }) => tokens)
  const candidates = write(settings.candidates, rho, key(3))
  const reference = write(settings.reference, rho, key(4))

  const raw = goldOf(vocabulary, names)
  const goldScale = rlhf.scaleOf(reference.map(raw))
  const gold: rlhf.Score = (tokens) => rlhf.standardised(goldScale)(raw(tokens))
  const groups = rlhf.groupsOf(2, candidates)
  const labels = rlhf.rankByScore(gold, settings.noise, key(5), groups)
  const needed = Math.max(...settings.arms.map(({ pairs }) => pairs ?? 0)) + settings.heldOutPairs
  if (groups.length < needed)
    throw new RangeError(`candidates: expected ${needed} pairs of them, got ${groups.length}`)
  const truth = rlhf.rankByScore(gold, 0, key(5), groups).slice(-settings.heldOutPairs)

  const proxies = new Map<string, ReturnType<typeof fitted>>()
  const fitted = (pairs: number, width: number) => {
    const reward = rlhf.rewardModel(vocabulary, { ...rlhf.rewardModelConfig, hidden: [width] })
    const { params } = rlhf.fitReward(rlhf.fitRewardConfig, reward)(
      reward.init(key(6)),
      labels.slice(0, pairs),
      key(7),
    )
    const scores = rlhf.rewardScores(reward)
    const scale = rlhf.scaleOf(scores(params, reference))
    return {
      score: rlhf.ensembleScore(scores, [{ params, scale }]),
      all: (some: readonly rlhf.Sequence[]) => scores(params, some).map(rlhf.standardised(scale)),
      accuracy: rlhf.accuracy(rlhf.margins((some) => scores(params, some), truth)),
    }
  }
  const proxyOf = ({ pairs, width }: Arm) => {
    if (pairs === null)
      return {
        score: gold,
        accuracy: null,
        all: (some: readonly rlhf.Sequence[]) => some.map(gold),
      }
    const name = `${pairs} ${width}`
    const known = proxies.get(name) ?? fitted(pairs, width)
    proxies.set(name, known)
    return known
  }

  const sample = rlhf.generate(model, { count: responses, longest })
  const run = (arm: Arm, place: number): ArmResult => {
    const started = performance.now()
    const { beta, target } = arm
    const { score, accuracy, all } = proxyOf(arm)
    const isFree = beta === 0
    const config: rlhf.LanguagePpoConfig = {
      ...rlhf.languagePpoConfig(model, settings.updates),
      entropyCoef: isFree ? settings.entropyCoefAtBetaZero : 0,
    }
    const env = rlhf.languageEnvironment(vocabulary, { window, longest }, score)
    const parts = rlhf.languagePpo.parts(config, env)
    const adaptive = target === null ? null : { target, gain: settings.gain }
    const update = rlhf.iterateLanguage({ beta, adaptive }, parts, model, rho)
    const first = rlhf.languagePpo.init(parts)(key(8))
    let state: rlhf.LanguageState = { run: rlhf.fromLanguageModel(config, first, rho), beta }
    const curve: Measured[] = []
    for (let i = 0; i < settings.updates; i++) {
      const now = rlhf.toLanguageModel(state.run.learner.params)
      const [{ kl }, next] = update(state)
      if (i % settings.every === 0 || i === settings.updates - 1) {
        const texts = sample(now, random.foldIn(key(9), i)).map(({ tokens }) => tokens)
        curve.push({ update: i, proxy: mean(all(texts)), gold: mean(texts.map(gold)), kl })
      }
      state = next
      tell(arm.name, place * settings.updates + i + 1)
    }
    return { arm, curve, accuracy, seconds: (performance.now() - started) / 1000 }
  }
  const results = settings.arms.map(run)
  return {
    seed,
    nats,
    arms: results,
    bestOfN: rlhf.bestOfNCurve(
      proxyOf(settings.arms[0]!).all(candidates),
      candidates.map(gold),
      settings.bestOfN,
    ),
  }
}
