/** Operations of `ppo`'s updates with a form on a GPU. */
import {
  boundedLogStdClampForm,
  boundedLogStdPassForm,
} from '../../../distribution/boundedLogStd.ts'
import {
  categoricalEntropyForm,
  categoricalEntropyGradForm,
  categoricalExpectOpenForm,
  categoricalLogProbForm,
  categoricalLogProbGradForm,
} from '../../../distribution/categorical.ts'
import {
  gaussianEntropyForm,
  gaussianEntropyGradForm,
  gaussianLogProbForm,
  gaussianLogProbGradForm,
  gaussianPowerForm,
} from '../../../distribution/diagonalGaussian.ts'
import { formTable, type Forms } from '../../../engine/gpu/deferred.ts'
import { takeBytesForm, takeFloatsForm, takeIntegersForm } from '../../../engine/take.ts'
import {
  activationEluBackwardForm,
  activationEluForm,
  activationReluBackwardForm,
  activationReluForm,
  activationSiluBackwardForm,
  activationSiluForm,
} from '../../../nn/activation.ts'
import {
  stateIndependentLogStdLayForm,
  stateIndependentLogStdTakeApartForm,
} from '../../../nn/stateIndependentLogStd.ts'
import { adamForm } from '../../../optim/adam.ts'
import { clipByGlobalNormForm } from '../../../optim/clipByGlobalNorm.ts'
import { clipElementsForm } from '../../../optim/clipElements.ts'
import { noClipForm } from '../../../optim/noClip.ts'
import { gradNormForm, orderForm, sumSquaresForm } from '../../descent.ts'
import { lossesForm } from '../../objective.ts'
import { whitenForm } from '../../whitenRows.ts'

export const FORMS: Forms = formTable([
  activationEluBackwardForm,
  activationEluForm,
  activationReluBackwardForm,
  activationReluForm,
  activationSiluBackwardForm,
  activationSiluForm,
  adamForm,
  boundedLogStdClampForm,
  boundedLogStdPassForm,
  categoricalEntropyForm,
  categoricalEntropyGradForm,
  categoricalExpectOpenForm,
  categoricalLogProbForm,
  categoricalLogProbGradForm,
  clipByGlobalNormForm,
  clipElementsForm,
  gaussianEntropyForm,
  gaussianEntropyGradForm,
  gaussianLogProbForm,
  gaussianLogProbGradForm,
  gaussianPowerForm,
  gradNormForm,
  lossesForm,
  noClipForm,
  orderForm,
  stateIndependentLogStdLayForm,
  stateIndependentLogStdTakeApartForm,
  sumSquaresForm,
  takeBytesForm,
  takeFloatsForm,
  takeIntegersForm,
  whitenForm,
])
