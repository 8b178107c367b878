import { describe, expect, test } from 'vitest'
import { sampleElement } from '../../src/env/sample.ts'
import { environmentOf, environments, type EnvironmentName } from '../../src/env/environments.ts'
import { drawingOf, drawings } from '../../src/builtin/drawings.ts'
import type { Picture, Point } from '../../src/picture/picture.ts'
import { animatedSvg, svg } from '../../src/picture/svg.ts'
import { foldIn, key } from '../../src/random/key.ts'
import { expectPure } from '../law/purity.ts'

const MARGIN = 60

const cornersOf = ({ shapes }: Picture): readonly Point[] =>
  shapes.flatMap((shape): readonly Point[] => {
    if (shape.kind === 'rect')
      return [
        [shape.x, shape.y],
        [shape.x + shape.width, shape.y + shape.height],
      ]
    return shape.kind === 'circle' ? [[shape.x, shape.y]] : shape.points
  })

const film = (name: EnvironmentName): readonly Picture[] => {
  const env = environmentOf(name)
  let state = env.init(key(3))
  const pictures = [expectPure(drawingOf(name), state)]
  for (let t = 0; t < 30; t++) {
    const action = sampleElement(env.actionSpace, foldIn(key(4), t))
    const [{ terminated }, next] = env.step(action, foldIn(key(5), t))(state)
    state = next
    pictures.push(drawingOf(name)(state))
    if (terminated) break
  }
  return pictures
}

describe.each(Object.keys(environments) as EnvironmentName[])('the drawing of %s', (name) => {
  const pictures = film(name)

  test('stays about its page, and shows what happens', () => {
    for (const picture of pictures)
      for (const [x, y] of cornersOf(picture)) {
        expect(x).toBeGreaterThanOrEqual(-MARGIN)
        expect(x).toBeLessThanOrEqual(picture.width + MARGIN)
        expect(y).toBeGreaterThanOrEqual(-MARGIN)
        expect(y).toBeLessThanOrEqual(picture.height + MARGIN)
      }
    expect(new Set(pictures.map((p) => JSON.stringify(p))).size).toBeGreaterThan(2)
  })

  test('is well-formed SVG, still and moving', () => {
    for (const text of [svg(pictures[0]!), animatedSvg(pictures, 30)]) {
      const open: string[] = []
      for (const [, end, tag, own] of text.matchAll(/<(\/?)(\w+)(?: [\w-]+="[^"<>&]*")*(\/?)>/gu))
        if (end === '/') expect(open.pop()).toBe(tag)
        else if (own === '') open.push(tag!)
      expect(open).toEqual([])
      expect(text.replace(/<(\/?)(\w+)((?: [\w:-]+="[^"<>&]*")*)(\/?)>/gu, '')).toBe('\n')
      expect(text).not.toMatch(/NaN|undefined|Infinity/u)
    }
  })
})

describe('known places', () => {
  const lines = ({ shapes }: Picture) =>
    shapes.flatMap((shape) => (shape.kind === 'polyline' ? [shape.points] : []))

  test('a pole that stands is a vertical line of 125 units on the cart, 125 units a metre', () => {
    const at = (x: number) =>
      drawings.cartpole({ elapsed: 0, state: { x, xDot: 0, theta: 0, thetaDot: 0 } })
    expect(lines(at(0))).toEqual([[[330, 210], [330, 85]]]) // prettier-ignore
    expect(lines(at(1))).toEqual([[[455, 210], [455, 85]]]) // prettier-ignore
  })

  test('a pendulum at 0 points up, an acrobot at 0 hangs', () => {
    const pendulum = drawings.pendulum({ elapsed: 0, state: { theta: 0, thetaDot: 0 } })
    expect(lines(pendulum)).toEqual([[[200, 200], [200, 60]]]) // prettier-ignore
    const still = { theta1: 0, theta2: 0, theta1Dot: 0, theta2Dot: 0 }
    expect(lines(drawings.acrobot({ elapsed: 0, state: still }))).toEqual([
      [
        [220, 220],
        [220, 320],
      ],
      [[220, 320], [220, 420]], // prettier-ignore
    ])
  })
})
