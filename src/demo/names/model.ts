import * as E from 'fp-ts/lib/Either.js'
import { foldIn, key, type Key } from '../../random/key.ts'
import { corpus, holdOut } from '../../rlhf/corpus.ts'
import { fineTuneConfig, fineTuneSteps } from '../../rlhf/fineTune.ts'
import { languageModel, type LanguageModel, type LanguageParams } from '../../rlhf/languageModel.ts'

/** A language model that was fitted to names, the reference of all that follows. */
export interface NamesModel {
  readonly model: LanguageModel
  readonly reference: LanguageParams
  /** cross-entropy of names that were held out, in nats a character */
  readonly nats: number
}

/** Wide enough for plausible names, narrow enough to be fitted in a page in seconds. */
const form = { window: 8, embedding: 16, hidden: [128] }

const fineTuning = { ...fineTuneConfig, epochs: 4, learningRate: 6e-3 }

/** One name of so many is held out. */
const HELD_OUT = 10

/** The key of everything before the first choice: the model is the same for every seed. */
const keyOf = (purpose: number): Key => foldIn(key(1), purpose)

/**
 * Fits the model to names, in seconds.
 *
 * @returns how far it is, from 0 to 1, whenever the next step is asked for; then the model
 */
export function* fineTuneNames(texts: readonly string[]): Generator<number, NamesModel, undefined> {
  const found = corpus(texts)
  if (E.isLeft(found)) throw new RangeError(found.left.problem)
  const { vocabulary, sequences } = found.right
  const { train, heldOut } = holdOut(keyOf(0), Math.floor(sequences.length / HELD_OUT))(sequences)
  const model = languageModel(vocabulary, form)
  const steps = fineTuneSteps(fineTuning, model)(model.init(keyOf(1)), train, keyOf(2), heldOut)
  for (;;) {
    const { done, value } = steps.next()
    if (done === true)
      return { model, reference: value.params, nats: value.history.at(-1)!.validationLoss }
    yield value.done / value.of
  }
}
