import { data, type Floats, type ReadonlyNumbers } from '../tensor/tensor.ts'
import type { Clip, ClipForm } from './clip.ts'
import { stepsOf } from './clip.ts'

/** The mean and the standard deviation (ddof 0) of each number of an observation and of an action. */
export interface InputScale {
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
}

/** Numbers that a reward network reads of a step: observation, action, and whether the episode is over. */
export const inputSize = ({ features, actions }: Omit<ClipForm, 'length'>): number =>
  features + actions + 1

/** The scale of the steps of clips. The deviation of a number that never varies is 1. */
export const inputScale = (
  { features, actions }: Omit<ClipForm, 'length'>,
  clips: readonly Clip[],
): InputScale => {
  const columns = features + actions
  const count = clips.reduce((sum, clip) => sum + stepsOf(clip), 0)
  const each = (add: (column: number, x: number) => void): void => {
    for (const { observation, action } of clips) {
      const [o, a] = [data(observation), data(action)]
      for (let i = 0; i < o.length; i++) add(i % features, o[i]!)
      for (let i = 0; i < a.length; i++) add(features + (i % actions), a[i]!)
    }
  }
  const sums = new Float64Array(columns)
  each((column, x) => (sums[column]! += x))
  const mean = Array.from(sums, (sum) => sum / count)
  const squares = new Float64Array(columns)
  each((column, x) => (squares[column]! += (x - mean[column]!) * (x - mean[column]!)))
  return { mean, deviation: Array.from(squares, (square) => Math.sqrt(square / count) || 1) }
}

/** Writes the inputs of a step at `to`, from an observation and a flattened action at their places. */
export const writeStep = (
  out: Floats,
  to: number,
  { features, actions }: Omit<ClipForm, 'length'>,
  { mean, deviation }: InputScale,
  observation: ReadonlyNumbers,
  fromObservation: number,
  action: ReadonlyNumbers,
  fromAction: number,
): void => {
  for (let j = 0; j < features; j++)
    out[to + j] = (observation[fromObservation + j]! - mean[j]!) / deviation[j]!
  for (let j = 0; j < actions; j++)
    out[to + features + j] =
      (action[fromAction + j]! - mean[features + j]!) / deviation[features + j]!
  out[to + features + actions] = 0
}

/** Writes the inputs of "episode over" at `to`: 0, and 1 at the end. */
export const writeOver = (out: Floats, to: number, form: Omit<ClipForm, 'length'>): void => {
  const last = to + inputSize(form) - 1
  out.fill(0, to, last)
  out[last] = 1
}

/** Writes the inputs of all steps of a clip from `to` on: those that it has, then "episode over". */
export const writeClip = (
  out: Floats,
  to: number,
  form: ClipForm,
  scale: InputScale,
  clip: Clip,
): void => {
  const size = inputSize(form)
  const steps = stepsOf(clip)
  const [observation, action] = [data(clip.observation), data(clip.action)]
  for (let step = 0; step < form.length; step++) {
    const at = to + step * size
    if (step < steps)
      writeStep(
        out,
        at,
        form,
        scale,
        observation,
        step * form.features,
        action,
        step * form.actions,
      )
    else writeOver(out, at, form)
  }
}
