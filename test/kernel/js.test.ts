import { js } from '../../src/kernel/js/js.ts'
import { kernelLaws } from '../law/kernels.ts'

// Each is the other's reference: f64 is the same code without rounding.
kernelLaws('js.f32', js.f32, js.f64)
kernelLaws('js.f64', js.f64, js.f32)
