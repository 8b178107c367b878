/** The terms of losses as text of gpu.js, for the form of `losses`. */
import { literal } from '../../kernel/form.ts'
import type { SurrogateConfig, SurrogateKind } from './surrogate.ts'
import type { ValueLossConfig } from './value.ts'

/** A term and its derivative, as text. */
export interface TermText {
  readonly value: string
  readonly grad: string
  /** the condition under which the derivative is 0 instead; null: never */
  readonly isFlat: string | null
}

const CLIPPED_RATIO = 'Math.min(Math.max(r, 1 - clip), 1 + clip)'

const clipText: TermText = {
  value: `Math.min(r * a, ${CLIPPED_RATIO} * a)`,
  grad: 'r * a',
  isFlat: `r * a > ${CLIPPED_RATIO} * a`,
}

const dualClipText = (c: string): TermText => {
  const { value, grad, isFlat } = clipText
  return {
    value: `(a < 0 ? Math.max(${value}, ${c} * a) : ${value})`,
    grad,
    isFlat: `${isFlat} || (a < 0 && ${value} < ${c} * a)`,
  }
}

const surrogateTexts: { readonly [K in SurrogateKind]: (c: string) => TermText } = {
  policyGradient: () => ({ value: 'now * a', grad: 'a', isFlat: null }),
  ratio: () => ({ value: 'r * a', grad: 'r * a', isFlat: null }),
  clipAlone: () => ({
    value: `${CLIPPED_RATIO} * a`,
    grad: 'r * a',
    isFlat: 'r < 1 - clip || r > 1 + clip',
  }),
  clip: () => clipText,
  dualClip: dualClipText,
}

/** `surrogateTerm` as text in terms of r, a (Â), now (logProb) and clip (ε). */
export const surrogateText = ({
  surrogate = 'clip',
  dualClip,
}: Pick<SurrogateConfig, 'surrogate' | 'dualClip'>): TermText =>
  surrogateTexts[surrogate](literal(dualClip ?? NaN))

/** V − target and V_clip − target */
const ERROR = '(v - target)'
const CLIPPED_ERROR = '(old + Math.min(Math.max(v - old, -clip), clip) - target)'

/** A loss of an error x, and its derivative, as text given the text of x. */
interface ErrorText {
  readonly value: (x: string) => string
  readonly grad: (x: string) => string
}

const halfSquareText: ErrorText = { value: (x) => `(${x} * ${x} / 2)`, grad: (x) => x }

const huberText = (delta: number): ErrorText => {
  const [d, half] = [literal(delta), literal(delta / 2)]
  return {
    value: (x) => `(Math.abs(${x}) <= ${d} ? ${x} * ${x} / 2 : ${d} * (Math.abs(${x}) - ${half}))`,
    grad: (x) => `Math.min(Math.max(${x}, -${d}), ${d})`,
  }
}

/** `valueTerm` as text in terms of v, old (V_old), target and clip (ε). */
export const valueText = ({
  valueClip,
  valueClipKind = 'max',
  huber = null,
}: ValueLossConfig): TermText => {
  const { value, grad } = huber === null ? halfSquareText : huberText(huber)
  const [plain, clipped] = [value(ERROR), value(CLIPPED_ERROR)]
  if (valueClip === null) return { value: plain, grad: grad(ERROR), isFlat: null }
  const isOutside = 'Math.abs(v - old) > clip'
  return valueClipKind === 'max'
    ? {
        value: `Math.max(${plain}, ${clipped})`,
        grad: grad(ERROR),
        isFlat: `${isOutside} && ${clipped} > ${plain}`,
      }
    : { value: clipped, grad: grad(ERROR), isFlat: isOutside }
}
