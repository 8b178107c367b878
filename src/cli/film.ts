import { animatedSvg, apng, raster, type Picture } from '../picture/index.ts'
import { progress, type Console } from './console.ts'

/** The default maximum of frames of an animation: all of them are in memory while it is made. */
export const FRAMES = 600

/** Pixels from left to right. */
const PNG_WIDTH = 320

/** An animation of pictures: an animated SVG or PNG, according to the extension of its name. */
export const film = (
  screen: Console,
  name: string,
  frames: number,
  pictureAt: (i: number) => Picture,
  rate: number,
): string | Uint8Array => {
  if (name.endsWith('.svg'))
    return animatedSvg(
      Array.from({ length: frames }, (_, i) => pictureAt(i)),
      rate,
    )
  const bar = progress(screen, `film ${name}`, frames, 'frames')
  const { width, height } = pictureAt(0)
  const down = Math.max(1, Math.round((PNG_WIDTH * height) / width))
  const pixels = Array.from({ length: frames }, (_, i) => {
    bar.update(i + 1, () => '')
    return raster(pictureAt(i), PNG_WIDTH, down)
  })
  bar.stop()
  return apng(pixels, rate)
}
