import { expectAbove } from '../tensor/argument.ts'
import { rect, type Picture } from './picture.ts'
import { svgElement, type SvgElement } from './svgElement.ts'

const attributesOf = (attributes: SvgElement['attributes']): string =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${value}"`)
    .join('')

const document = ({ width, height }: Picture, inside: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" fill-rule="evenodd">${inside}</svg>\n`

/** What is drawn of a picture, its background first. */
const elementsOf = ({ width, height, background, shapes }: Picture): readonly SvgElement[] =>
  [rect(0, 0, width, height, background), ...shapes].map(svgElement)

/** What a value is in each of the frames, one after the other, as an animation if it ever changes. */
const animate = (name: string, values: readonly string[], seconds: number): string => {
  const starts = values.flatMap((value, i) => (i > 0 && value === values[i - 1] ? [] : [i]))
  // Without times all values last as long.
  const sparse = 2 * starts.length < values.length
  const shown = sparse ? starts.map((i) => values[i]!) : values
  const times = starts.map((i) => Math.round((1e6 * i) / values.length) / 1e6)
  return `<animate attributeName="${name}" calcMode="discrete" dur="${seconds}s" repeatCount="indefinite" values="${shown.join(';')}"${sparse ? ` keyTimes="${times.join(';')}"` : ''}/>`
}

const isConstant = (values: readonly string[]): boolean => values.every((v) => v === values[0])

/** One element over all frames, not shown in those in which it is undefined. */
const moving = (frames: ReadonlyArray<SvgElement | undefined>, seconds: number): string => {
  let last = frames.find((frame) => frame !== undefined)!
  const whole = frames.map((frame) => (last = frame ?? last))
  const { tag, attributes } = whole[0]!
  const changes = Object.keys(attributes).flatMap((name) => {
    const values = whole.map((frame) => frame.attributes[name]!)
    return isConstant(values) ? [] : [animate(name, values, seconds)]
  })
  const shown = frames.map((frame) => (frame === undefined ? 'none' : 'inline'))
  if (!isConstant(shown)) changes.push(animate('display', shown, seconds))
  const start = `<${tag}${attributesOf(attributes)}`
  return changes.length === 0 ? `${start}/>` : `${start}>${changes.join('')}</${tag}>`
}

/**
 * A picture as an SVG file, its numbers to a hundredth of a unit.
 *
 * @throws RangeError unless the picture's sizes are > 0
 */
export const svg = (picture: Picture): string => animatedSvg([picture], 1)

/**
 * An animation as one SVG file, which plays for ever without scripts (SMIL's discrete animations). Shapes
 * that do not change are written once: the shapes at one place in the pictures, if of one kind, are one
 * element whose attributes change.
 *
 * @param pictures at least one, all of one size
 * @param framesPerSecond > 0
 * @throws RangeError unless those are so
 */
export const animatedSvg = (pictures: readonly Picture[], framesPerSecond: number): string => {
  expectAbove('framesPerSecond', framesPerSecond, 0)
  const first = pictures[0]
  if (first === undefined) throw new RangeError('pictures: expected at least one, got none')
  pictures.forEach(({ width, height }, i) => {
    expectAbove(`pictures[${i}].width`, width, 0)
    expectAbove(`pictures[${i}].height`, height, 0)
    if (width !== first.width || height !== first.height)
      throw new RangeError(
        `pictures[${i}]: expected ${first.width} × ${first.height} units as in pictures[0], got ${width} × ${height}`,
      )
  })
  const frames = pictures.map(elementsOf)
  const seconds = Math.round((1e6 * pictures.length) / framesPerSecond) / 1e6
  const places = frames.reduce((most, { length }) => Math.max(most, length), 0)
  let inside = ''
  for (let place = 0; place < places; place++) {
    const here = frames.map((elements) => elements[place])
    for (const tag of new Set(here.flatMap((element) => element?.tag ?? [])))
      inside += moving(
        here.map((element) => (element?.tag === tag ? element : undefined)),
        seconds,
      )
  }
  return document(first, inside)
}
