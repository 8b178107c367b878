import { describe, expect, test } from 'vitest'
import { firstNames } from '../../src/rlhf/corpora/names.ts'
import { BETAS, eventsIn, FIRST_BETA, MOST_EVENTS } from '../../src/demo/names/events.ts'
import { fineTuneNames, type NamesModel } from '../../src/demo/names/model.ts'
import { namesTeacher, type NamesTeaching } from '../../src/demo/names/teacher.ts'
import { right } from '../support/either.ts'

const fineTuned = (texts: readonly string[]): readonly [NamesModel, readonly number[]] => {
  const steps = fineTuneNames(texts)
  const progress: number[] = []
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return [value, progress]
    progress.push(value)
  }
}

const { female } = right(await firstNames())
const [model, progress] = fineTuned(female.slice(0, 1000))
const teacher = namesTeacher(model, 3)

/** After an event and all that is learned from it. */
const taught = (from: NamesTeaching, letters: string): NamesTeaching => {
  let at = from
  for (const letter of letters) {
    at = teacher.after(at, letter)
    while (teacher.isLearning(at)) at = teacher.learn(at)
  }
  return at
}

/** Prefers names that end in a. */
const liking = (from: NamesTeaching, answers: number): NamesTeaching => {
  let at = from
  for (let i = 0; i < answers; i++) {
    const [left, rightward] = teacher.shown(at).question
    const margin = Number(left.endsWith('a')) - Number(rightward.endsWith('a'))
    at = taught(at, margin > 0 ? 'l' : margin < 0 ? 'r' : 'n')
  }
  return at
}

const endInA = (names: readonly string[]): number =>
  names.filter((name) => name.endsWith('a')).length

describe('the model of names', () => {
  test('says how far it is, and is fitted better than chance', () => {
    expect(progress.at(-1)).toBe(1)
    expect(progress.toSorted((a, b) => a - b)).toStrictEqual(progress)
    expect(model.nats).toBeLessThan(2.6)
  })
})

describe('a session about names', () => {
  const twelve = liking(teacher.start, 12)
  const shown = teacher.shown(twelve)

  test('starts as the reference, with a question of two different names', () => {
    const first = teacher.shown(teacher.start)
    expect(first.now).toStrictEqual(first.before)
    expect(first.question[0]).not.toBe(first.question[1])
    expect([first.hasReward, BETAS[first.beta]]).toStrictEqual([false, BETAS[FIRST_BETA]])
  })

  test('learns after every fourth answer, away from the reference, to what is preferred', () => {
    expect(shown.metrics.map(({ update }) => update)).toStrictEqual(
      Array.from({ length: shown.metrics.length }, (_, i) => i + 1),
    )
    const { proxy, kl } = shown.metrics.at(-1)!
    expect(proxy).toBeGreaterThan(0.5)
    expect(kl).toBeGreaterThan(0.1)
    expect(endInA(shown.now)).toBeGreaterThan(endInA(shown.before))
  })

  test('is a function of its events, and the link holds them', () => {
    expect(eventsIn(shown.events)).toBe(shown.events)
    expect(teacher.shown(taught(teacher.start, shown.events))).toStrictEqual(shown)
    expect(twelve.previous!.events).toBe(shown.events.slice(0, -1))
    const other = taught(twelve.previous!, shown.events.endsWith('n') ? 'l' : 'n')
    expect(teacher.shown(other).hash).not.toBe(shown.hash)
  })

  test('at β = 0 over-optimises: the proxy and the KL rise, and names stop being names', () => {
    const over = teacher.shown(taught(twelve, 'x'))
    const [before, after] = [shown.metrics.at(-1)!, over.metrics.at(-1)!]
    expect(BETAS[over.beta]).toBe(0)
    expect(after.proxy).toBeGreaterThan(before.proxy + 1)
    expect(after.kl).toBeGreaterThan(4 * before.kl)
    const [once, all] = [new Set(over.now.join('')).size, new Set(over.before.join('')).size]
    expect(once).toBeLessThan(all / 2)
  })

  test('at a high β comes back to the reference', () => {
    const held = teacher.shown(taught(twelve, '55555'))
    expect(held.metrics.at(-1)!.kl).toBeLessThan(shown.metrics.at(-1)!.kl)
  })

  test('refuses an event in the middle of a lesson', () => {
    let at = teacher.start
    for (const letter of 'lrl') at = teacher.after(at, letter)
    expect(() => teacher.after(teacher.after(at, 'l'), 'l')).toThrow(
      'expected one that has nothing to learn',
    )
  })
})

test('letters that are not events are left out of a link, and so are surplus ones', () => {
  expect(eventsIn('l<r>n 7x05')).toBe('lrnx05')
  expect(eventsIn('l'.repeat(1000))).toHaveLength(MOST_EVENTS)
})
