import { atMost, type Checks } from '../check.ts'
import { gradientDistance, scenes, updateDistance } from '../scenes.ts'

/** Gradients of whole minibatches against the f64 twin, and updates against the kernels. */
export const learning: Checks = async function* ({ device }) {
  for (const [name, scene] of Object.entries(scenes)) {
    yield atMost(`gradient: ${name}`, await gradientDistance(device, scene, 1), 1e-4)
    yield atMost(`update: ${name}`, await updateDistance(device, scene, 2), 1e-3)
  }
}
