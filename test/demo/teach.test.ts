import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { angularSpeed, preferred, visited } from '../../bench/teach/visitor.ts'
import { angleOf } from '../../src/demo/teach/angle.ts'
import {
  answersOf,
  decodeTeachLink,
  encodeTeachLink,
  letterOf,
} from '../../src/demo/teach/choices.ts'
import { teachTasks, type TeachTaskName } from '../../src/demo/teach/task.ts'
import { teacher, teachTo, type Teaching } from '../../src/demo/teach/teacher.ts'
import { parts } from '../../src/ppo.ts'

const order = fc.record({
  task: fc.constantFrom<TeachTaskName>('pendulum', 'acrobot', 'cartpole'),
  seed: fc.integer({ min: 0, max: 0xffff_ffff }),
  choices: fc
    .array(fc.constantFrom('l', 'r', 'n'), { maxLength: 100 })
    .map((letters) => letters.join('')),
})

const hash = fc.stringMatching(/^[0-9a-f]{64}$/)

describe('the link of a session', () => {
  test.prop([order, fc.option(hash)])('holds task, seed, choices and a hash', (one, claimed) => {
    const link = { order: one, hash: claimed }
    expect(decodeTeachLink(encodeTeachLink(link))).toEqual(E.right(link))
    expect(answersOf(one.choices).map(letterOf).join('')).toBe(one.choices)
  })

  test.each([
    ['pong', /^task: expected one of pendulum, acrobot, cartpole, got "pong"$/],
    ['pendulum.-1', /^seed: expected a whole number from 0 to 4294967295, got "-1"$/],
    ['acrobot.4294967296', /^seed: expected a whole number/],
    ['pendulum.1.lrx', /^choices: expected at most 100 of the letters l, r and n/],
    [`pendulum.1.${'l'.repeat(101)}`, /^choices: expected at most 100/],
    ['pendulum.1.lr.beef', /^hash: expected 64 hexadecimal digits, got "beef"$/],
  ])('that is broken, %s, says so and has the nearest order', (text, problem) => {
    const found = decodeTeachLink(text)
    if (E.isRight(found)) throw new Error('expected a problem')
    expect(found.left.problem).toMatch(problem)
    expect(E.isRight(decodeTeachLink(encodeTeachLink(found.left.nearest)))).toBe(true)
  })
})

describe('a pendulum is drawn', () => {
  test.prop([fc.double({ min: -Math.PI, max: Math.PI, noNaN: true })])(
    'at the angle that its observation is of',
    (theta) => {
      const angle = angleOf(Math.cos(theta), Math.sin(theta))
      expect(Math.cos(angle - theta)).toBeGreaterThan(1 - 1e-12)
    },
  )
})

const last = (ways: Iterable<Teaching>): Teaching => [...ways].at(-1)!

describe('teaching', () => {
  const steps = teacher({ task: 'pendulum', seed: 1 })
  const shown = (at: Teaching) => steps.shown(at)
  const twelve = last(teachTo(steps, steps.start, 'lrlrnllrrrlr'))

  test('asks first, and learns after ten answers', () => {
    expect(shown(steps.start)).toMatchObject({ choices: '', phase: 'choose', update: 0 })
    expect(shown(twelve)).toMatchObject({ choices: 'lrlrnllrrrlr', phase: 'choose', update: 3 })
    expect(shown(twelve).measured.map(({ choices }) => choices)).toStrictEqual([0, 10, 10, 10])
  })

  test('taken back and taught anew has the same hash', () => {
    const nine = last(teachTo(steps, twelve, 'lrlrnllrr'))
    expect(shown(nine).choices).toBe('lrlrnllrr')
    const again = last(teachTo(steps, nine, 'lrlrnllrrrlr'))
    expect(shown(again).hash).toBe(shown(twelve).hash)
    const other = last(teachTo(steps, nine, 'lrlrnllrrllr'))
    expect(shown(other).hash).not.toBe(shown(twelve).hash)
    expect(shown(other).question).not.toStrictEqual(shown(twelve).question)
  })

  test('one answer further is another hash, though nothing was learned from it yet', () => {
    const hashes = ['', 'l', 'r', 'n'].map((choices) => {
      const at = last(teachTo(steps, steps.start, choices))
      return shown(at).hash
    })
    expect(new Set(hashes).size).toBe(4)
  })

  test.each(Object.keys(teachTasks) as readonly TeachTaskName[])(
    '%s shows clips that can be drawn',
    (task) => {
      const own = teacher({ task, seed: 2 })
      const { question, measured } = own.shown(own.start)
      const { draw, env } = teachTasks[task]
      for (const { observations, steps: count } of question!) {
        expect(observations).toHaveLength(count * env.observationSpace.size)
        expect(JSON.stringify(draw(observations))).not.toMatch(/NaN|null,null/)
      }
      expect(measured[0]!.value).toBeGreaterThan(0)
    },
  )

  test('by a visitor who prefers the faster spin raises the angular speed to 5 rad/s in 40 choices', () => {
    const [, at] = visited(5, 40)
    const { ppo, env } = teachTasks.pendulum
    const own = parts(ppo, env)
    expect(angularSpeed(at, 5, own)).toBeGreaterThan(5)
    expect(angularSpeed(visited(5, 0)[1], 5, own)).toBeLessThan(4)
    expect(at.session.choices).toHaveLength(40)
    expect(preferred(steps.shown(steps.start).question!)).toMatch(/^[lr]$/)
  })
})
