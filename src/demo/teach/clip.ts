import { between } from '../arena/tween.ts'
import type { Picture } from '../../picture/picture.ts'
import type { TeachTask } from './task.ts'
import type { ShownClip } from './teacher.ts'

/** Milliseconds for which the last picture of a clip stays. */
const REST_MS = 700

/** A clip that is played over and over. */
export interface Film {
  /** The picture at a time since the clip began, and how far it is, from 0 to 1. */
  readonly at: (milliseconds: number) => { readonly picture: Picture; readonly share: number }
  /** of one showing, the rest at its end included */
  readonly milliseconds: number
}

/** The pictures of a clip. */
export const filmOf = ({ draw, framesPerSecond }: TeachTask, clip: ShownClip): Film => {
  const { observations, steps } = clip
  const features = observations.length / steps
  const pictures = Array.from({ length: steps }, (_, step) =>
    draw(observations.subarray(step * features, (step + 1) * features)),
  )
  const moving = ((steps - 1) * 1000) / framesPerSecond
  return {
    milliseconds: moving + REST_MS,
    at: (milliseconds) => {
      const place = Math.min(steps - 1, (milliseconds * framesPerSecond) / 1000)
      const step = Math.floor(place)
      const picture =
        step >= steps - 1
          ? pictures[steps - 1]!
          : between(pictures[step]!, pictures[step + 1]!, place - step)
      return { picture, share: steps === 1 ? 1 : place / (steps - 1) }
    },
  }
}
