import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { FitMetrics } from '../../algo/fit.ts'
import type { FitState, FitStep, Fitting } from '../../algo/fitSteps.ts'
import * as safetensors from '../../format/safetensors.ts'
import type { TokenMlp } from '../../nn/tokenMlp.ts'
import type { AdamState } from '../../optim/adam.ts'
import { countTokens } from '../../rlhf/context.ts'
import { fineTuneSteps } from '../../rlhf/fineTune.ts'
import { fitRewardSteps } from '../../rlhf/fitReward.ts'
import { epochsOf } from '../../rlhf/fitTokens.ts'
import { languageModel } from '../../rlhf/languageModel.ts'
import { rewardModel, rewardScores } from '../../rlhf/rewardModel.ts'
import { scaleOf } from '../../rlhf/score.ts'
import { leaves, type Params } from '../../tensor/params.ts'
import { ownLike } from '../../tensor/tensor.ts'
import { numbers, optimTensors, readNumbers, readOptim } from '../optimState.ts'
import { readParams, type Named } from '../policy/policySnapshot.ts'
import {
  keyFor,
  outputOf,
  type Moment,
  type Opened,
  type Stage,
  type StoredState,
} from './stage.ts'

type State = FitState<TokenMlp, AdamState>

const stateTensors = ({ params, optim }: State): Named => [
  ...leaves(params.tree),
  ...optimTensors([optim]),
]

const adamLike = ({ flat }: Params): AdamState => {
  const zero = ownLike(flat, new Float32Array(flat.shape[0]))
  return { count: 0, beta1Power: 1, beta2Power: 1, m: zero, v: zero }
}

const readState =
  (like: Params<TokenMlp>) =>
  ({ step, tensors }: StoredState): E.Either<string, State> =>
    pipe(
      E.Do,
      E.bind('params', () => readParams(tensors, like)),
      E.bind('optim', () => readOptim(tensors, [adamLike(like)])),
      E.map(({ params, optim }) => ({ epoch: step, params, optim: optim[0]! })),
    )

function* moments<Out>(
  fitting: Fitting<TokenMlp, AdamState>,
  metricsOf: (epoch: FitMetrics) => Readonly<Record<string, number>>,
  end: (params: Params<TokenMlp>) => Out,
): Generator<Moment, Out> {
  for (;;) {
    const next = fitting.next()
    if (next.done === true) return end(next.value.params)
    const { done, epoch, state }: FitStep<TokenMlp, AdamState> = next.value
    yield {
      done,
      entry:
        epoch === null ? null : { metrics: metricsOf(epoch), tensors: () => stateTensors(state()) },
    }
  }
}

const opened = <Out>(
  start: Params<TokenMlp>,
  minibatches: number,
  steps: (from: State | null) => Generator<Moment, Out>,
): Opened<Out> => ({
  of: minibatches,
  unit: 'steps',
  run: (stored) =>
    stored === null ? E.right(steps(null)) : pipe(stored, readState(start), E.map(steps)),
  stop: () => Promise.resolve(),
})

/** A language model as the file of a stage's output. */
export const languageParamsFile: Pick<Stage<'sft' | 'ppo'>, 'encode' | 'decode'> = {
  encode: ({ tree }) => safetensors.encode(leaves(tree)),
  decode: (bytes, given) => {
    const { vocabulary } = outputOf(given, 'corpus')
    const like = languageModel(vocabulary, given.config.model).init({ words: [0, 0] })
    return pipe(
      safetensors.decode(bytes),
      E.flatMap((tensors) => readParams(tensors, like)),
    )
  },
}

/** Fine-tunes a language model on the corpus. */
export const sftStage: Stage<'sft'> = {
  name: 'sft',
  file: 'sft.safetensors',
  uses: ['corpus'],
  settings: ({ model, fineTune }) => ({ model, fineTune }),
  open: (given) => {
    const { config, engines } = given
    const { vocabulary, train, heldOut } = outputOf(given, 'corpus')
    const model = languageModel(vocabulary, config.model)
    const start = model.init(keyFor(given, 'model'))
    const tune = fineTuneSteps(config.fineTune, model, engines.how)
    const { epochs, batch } = config.fineTune
    return Promise.resolve(
      E.right(
        opened(start, epochs * Math.ceil(countTokens(train) / batch), (from) =>
          moments(
            tune(start, train, keyFor(given, 'sft'), heldOut, from),
            ({ loss, validationLoss, gradNorm }) => ({ loss, nats: validationLoss, gradNorm }),
            (params) => params,
          ),
        ),
      ),
    )
  },
  ...languageParamsFile,
}

const SCALE = 'scale'

/** Fits the reward model to the comparisons, and standardises it on the samples. */
export const rewardStage: Stage<'reward'> = {
  name: 'reward',
  file: 'reward.safetensors',
  uses: ['corpus', 'samples', 'comparisons'],
  settings: ({ reward }) => reward,
  open: (given) => {
    const { config, engines } = given
    const { vocabulary } = outputOf(given, 'corpus')
    const comparisons = outputOf(given, 'comparisons')
    const model = rewardModel(vocabulary, config.reward.model)
    const start = model.init(keyFor(given, 'rewardModel'))
    const fit = fitRewardSteps(config.reward.fit, model, engines.how)
    const minibatches = Math.ceil(comparisons.length / config.reward.fit.batch)
    const epochs = epochsOf(config.reward.fit.steps)(minibatches)
    const scores = rewardScores(model, engines.how)
    return Promise.resolve(
      E.right(
        opened(start, epochs * minibatches, (from) =>
          moments(
            fit(start, comparisons, keyFor(given, 'reward'), from),
            ({ loss, gradNorm }) => ({ loss, gradNorm }),
            (params) => ({
              params,
              scale: scaleOf(
                scores(
                  params,
                  outputOf(given, 'samples').map(({ tokens }) => tokens),
                ),
              ),
            }),
          ),
        ),
      ),
    )
  },
  encode: ({ params, scale: { mean, deviation } }) =>
    safetensors.encode([...leaves(params.tree), [SCALE, numbers(mean, deviation)]]),
  decode: (bytes, given) => {
    const { vocabulary } = outputOf(given, 'corpus')
    const like = rewardModel(vocabulary, given.config.reward.model).init({ words: [0, 0] })
    return pipe(
      safetensors.decode(bytes),
      E.bindTo('tensors'),
      E.bind('params', ({ tensors }) => readParams(tensors, like)),
      E.bind('scale', ({ tensors }) => readNumbers(tensors, SCALE, numbers(0, 1))),
      E.map(({ params, scale: [mean, deviation] }) => ({
        params,
        scale: { mean: mean!, deviation: deviation! },
      })),
    )
  },
}
