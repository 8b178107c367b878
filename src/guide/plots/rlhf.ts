import * as E from 'fp-ts/lib/Either.js'
import { key } from '../../random/key.ts'
import type { Point } from '../../report/series.ts'
import { corpus } from '../../rlhf/corpus.ts'
import { decode } from '../../rlhf/encode.ts'
import { fineTune, fineTuneConfig } from '../../rlhf/fineTune.ts'
import { iterateLanguage, type LanguageState } from '../../rlhf/iterateLanguage.ts'
import { fromLanguageModel, languagePpo, languagePpoConfig } from '../../rlhf/languageAgent.ts'
import { languageEnvironment } from '../../rlhf/languageEnvironment.ts'
import { languageModel, type LanguageModel, type LanguageParams } from '../../rlhf/languageModel.ts'
import type { Score } from '../../rlhf/score.ts'
import type { Panel } from './panel.ts'

const NAMES =
  'ada alan alice amy anna ben carl clara dana dora edgar ella emil emma eva fred greta hanna hugo ida ivan jack jane john karl kurt lena leo lisa lucy marie mark max mia mona nina noah nora olga oscar otto paul peter rosa ruth sara theo tom vera'.split(
    ' ',
  )
const UPDATES = 40
const LONGEST = 10
const WINDOW = 4
const PRICES = [
  [0, 2],
  [0.2, 3],
  [1, 1],
] as const

/** What the reward likes: the letter a. */
const scoreOf =
  (spell: ReturnType<typeof decode>): Score =>
  (tokens) =>
    spell(tokens).split('a').length - 1

interface Curves {
  readonly kl: readonly Point[]
  readonly score: readonly Point[]
}

const tuned = (
  model: LanguageModel,
  start: LanguageParams,
  beta: number,
  updates: number,
): Curves => {
  const { vocabulary } = model
  const env = languageEnvironment(
    vocabulary,
    { window: WINDOW, longest: LONGEST },
    scoreOf(decode(vocabulary)),
  )
  const config = languagePpoConfig(model, updates)
  const parts = languagePpo.parts(config, env)
  const update = iterateLanguage({ beta, adaptive: null }, parts, model, start)
  let state: LanguageState = {
    run: fromLanguageModel(config, languagePpo.init(parts)(key(3)), start),
    beta,
  }
  const kl: Point[] = []
  const score: Point[] = []
  for (let i = 0; i < updates; i++) {
    const [metrics, next] = update(state)
    state = next
    kl.push([i, metrics.kl])
    score.push([i, metrics.score])
  }
  return { kl, score }
}

/** A language model of a few names, and PPO that is paid for the letter a, at three prices of KL. */
export const rlhfPlot = (effort: number): readonly Panel[] => {
  const read = corpus(NAMES)
  if (E.isLeft(read)) throw new Error(JSON.stringify(read.left))
  const { vocabulary, sequences } = read.right
  const model = languageModel(vocabulary, { window: WINDOW, embedding: 8, hidden: [32] })
  const fitting = { ...fineTuneConfig, epochs: Math.max(2, Math.ceil(effort * 60)), batch: 64 }
  const { params } = fineTune(fitting, model)(model.init(key(1)), sequences, key(2))
  const updates = Math.max(4, Math.round(effort * UPDATES))
  const runs = PRICES.map(
    ([beta, colour]) => [beta, colour, tuned(model, params, beta, updates)] as const,
  )
  const panel = (which: keyof Curves, title: Panel['title'], y: Panel['y']): Panel => ({
    title,
    x: { en: 'update', zh: '更新次数' },
    y,
    curves: runs.map(([beta, colour, curves]) => ({
      name: { en: `β = ${beta}`, zh: `β = ${beta}` },
      kind: 'line',
      colour,
      points: curves[which],
    })),
  })
  return [
    panel(
      'score',
      { en: 'Score of a name', zh: '名字的得分' },
      { en: 'letters a', zh: '字母 a 的个数' },
    ),
    panel(
      'kl',
      { en: 'Distance from the first model', zh: '与初始模型的距离' },
      { en: 'KL of a name, nats', zh: '每个名字的 KL，奈特' },
    ),
  ]
}
