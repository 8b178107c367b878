import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { foldIn } from '../../random/key.ts'
import { generate } from '../../rlhf/generate.ts'
import {
  iterateLanguage,
  type KlRewardConfig,
  type LanguageState,
} from '../../rlhf/iterateLanguage.ts'
import {
  fromLanguageModel,
  languagePpo,
  languagePpoConfig,
  toLanguageModel,
  type LanguageParts,
  type LanguagePpoConfig,
} from '../../rlhf/languageAgent.ts'
import { languageEnvironment } from '../../rlhf/languageEnvironment.ts'
import { languageModel, type LanguageModel } from '../../rlhf/languageModel.ts'
import { standardMetrics } from '../../rlhf/standardMetrics.ts'
import { stateTensors } from '../checkpoint.ts'
import { numbers, readNumbers } from '../optimState.ts'
import type { Named } from '../policy/policySnapshot.ts'
import { stateLike } from '../resume.ts'
import { languageParamsFile } from './fitStages.ts'
import { goldOf, proxyOf, type Judge } from './judges.ts'
import type { PipelineConfig } from './pipelineConfig.ts'
import { keyFor, outputOf, type Given, type Moment, type Stage, type StoredState } from './stage.ts'

const BETA = 'run.beta'
/** Updates from one measurement of the hidden score to the next, and responses in it. */
const [BETWEEN, MEASURED] = [5, 256]

const configOf = ({ ppo }: PipelineConfig, model: LanguageModel): LanguagePpoConfig => {
  const { updates, envs, steps, beta: _, adaptive: __, ...settings } = ppo
  return {
    ...languagePpoConfig(model, updates),
    ...settings,
    envs,
    steps,
    totalSteps: updates * envs * steps,
  }
}

const tensorsOf = ({ run, beta }: LanguageState): Named => {
  const tensors = stateTensors(run)
  if (E.isLeft(tensors)) throw new RangeError(tensors.left)
  return [...tensors.right, [BETA, numbers(beta)]]
}

const readState =
  (parts: LanguageParts, like: LanguageState['run']) =>
  ({ step, tensors }: StoredState): E.Either<string, LanguageState> =>
    pipe(
      E.Do,
      E.bind('run', () =>
        stateLike(
          parts.env.env,
          like,
        )({
          update: step,
          tensors: new Map([...tensors].filter(([name]) => name !== BETA)),
        }),
      ),
      E.bind('beta', () => readNumbers(tensors, BETA, numbers(0))),
      E.map(({ run, beta: [beta] }) => ({ run, beta: beta! })),
    )

/** The mean hidden score of responses of a policy, every few updates. */
const measuring = (given: Given, model: LanguageModel, gold: Judge | null) => {
  if (gold === null) return () => ({})
  const { config, engines } = given
  const { longest } = config.samples
  const write = generate(model, { count: MEASURED, longest }, engines.how)
  const key = keyFor(given, 'gold')
  return ({ run }: LanguageState): Readonly<Record<string, number>> => {
    const { update } = run
    if (update % BETWEEN !== 0 && update !== config.ppo.updates) return {}
    const written = write(toLanguageModel(run.learner.params), foldIn(key, update))
    const sum = written.reduce((total, { tokens }) => total + gold.score(tokens), 0)
    return { gold: sum / MEASURED }
  }
}

/** Raises the score by PPO, while a penalty on the KL keeps the policy near the fine-tuned model. */
export const ppoStage: Stage<'ppo'> = {
  name: 'ppo',
  file: 'ppo.safetensors',
  uses: ['corpus', 'sft', 'samples', 'reward'],
  settings: ({ ppo, samples, score, gold }) => ({ ppo, samples, score, gold }),
  open: async (given) => {
    const { config, engines } = given
    const { vocabulary } = outputOf(given, 'corpus')
    const reference = outputOf(given, 'sft')
    const model = languageModel(vocabulary, config.model)
    const judges = pipe(
      E.Do,
      E.bind('proxy', () => proxyOf(given)),
      E.bind('gold', () => (config.gold === null ? E.right(null) : goldOf(given))),
    )
    if (E.isLeft(judges)) return judges
    const { proxy, gold } = judges.right
    const env = languageEnvironment(
      vocabulary,
      { window: config.model.window, longest: config.samples.longest },
      proxy.score,
    )
    const { beta, adaptive, updates } = config.ppo
    const kl: KlRewardConfig = { beta, adaptive }
    const settings = configOf(config, model)
    const parts = await engines.languageParts(settings, env)
    const next = iterateLanguage(kl, parts, model, reference, engines.how)
    const measure = measuring(given, model, gold)
    const begin = (): LanguageState['run'] =>
      fromLanguageModel(settings, languagePpo.init(parts)(keyFor(given, 'ppo')), reference)

    function* steps(from: LanguageState): Generator<Moment, typeof reference> {
      let state = from
      while (state.run.update < updates) {
        const [metrics, after] = next(state)
        state = after
        yield {
          done: after.run.update,
          entry: {
            metrics: {
              ...standardMetrics(metrics),
              length: metrics.length,
              episodes: metrics.episodes.length,
              ...measure(after),
            },
            tensors: () => tensorsOf(after),
          },
        }
      }
      return toLanguageModel(state.run.learner.params)
    }

    return E.right({
      of: updates,
      unit: 'updates',
      run: (stored: StoredState | null) =>
        stored === null
          ? E.right(steps({ run: begin(), beta }))
          : pipe(stored, readState(parts, begin()), E.map(steps)),
      stop: parts.stop,
    })
  },
  ...languageParamsFile,
}
