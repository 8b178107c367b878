import { describe, expect, test } from 'vitest'
import { box } from '../../src/env/space.ts'
import { timeLimit } from '../../src/env/wrapper/timeLimit.ts'
import { preferencesConfig } from '../../src/preferences/config.ts'
import { cleanrl } from '../../src/algo/ppo/knownPresets.ts'
import { runSeed, type PreferenceRun } from '../../bench/preferences/run.ts'
import { flappyBirdLower, pendulumTasks } from '../../bench/preferences/tasks.ts'
import { markdown, reaches } from '../../bench/preferences/table.ts'
import { own } from '../../src/tensor/tensor.ts'

const measured = (mean: number, terminated = 0) => ({ mean, terminated })

const runOf = (learned: number, before = 0): PreferenceRun => ({
  seed: 7,
  before: measured(before),
  learned: measured(learned, 0.25),
  control: measured(-1000),
  rewarded: null,
  labels: 10,
  foreseen: 0.75,
  steps: 1000,
  seconds: 3,
})

describe('targets of learning from preferences', () => {
  test('are of the mean and the worst seed, of a number of seeds, or of a gain', () => {
    const least = { kind: 'least', mean: -200, worst: -230 } as const
    expect(reaches(least, [runOf(-150), runOf(-220)])).toBe(true)
    expect(reaches(least, [runOf(-150), runOf(-240)])).toBe(false)
    expect(reaches(least, [runOf(-195), runOf(-210)])).toBe(false)
    expect(reaches({ ...least, worst: null }, [runOf(-150), runOf(-240)])).toBe(true)
    const seeds = { kind: 'seeds', least: 5, seeds: 2 } as const
    expect(reaches(seeds, [runOf(6), runOf(1), runOf(5)])).toBe(true)
    expect(reaches(seeds, [runOf(6), runOf(1), runOf(4)])).toBe(false)
    const gain = { kind: 'gain', least: 15 } as const
    expect(reaches(gain, [runOf(190, 170), runOf(181, 170)])).toBe(true)
    expect(reaches(gain, [runOf(184, 170), runOf(184, 170)])).toBe(false)
  })

  test('stand in the table beside what was reached, and the control', () => {
    const text = markdown([
      { task: pendulumTasks[0]!, hash: 'abcdef0123', runs: [runOf(-150)], planned: 5 },
    ])
    expect(text).toContain(
      '| Pendulum, labels by true return | 700, 1,000 | return | mean ≥ −200, worst ≥ −230 | −150, 25 % end early, the first 1 of 5 seeds | −150 (7) | yes |',
    )
    expect(text).toContain('| −1,000 |')
    const spins = pendulumTasks.find(({ name }) => name === 'pendulum-spins')!
    const other = markdown([{ task: spins, hash: 'ab', runs: [runOf(6)], planned: 1 }])
    expect(other).toContain('| mean \\|θ̇\\|, rad/s |')
  })
})

describe('scores of clips', () => {
  const clip = (features: number, rows: readonly number[]) => ({
    observation: own(
      ['step', 'feature'],
      [rows.length / features, features],
      Float32Array.from(rows),
    ),
    action: own(
      ['step', 'action'],
      [rows.length / features, 1],
      new Float32Array(rows.length / features),
    ),
    terminated: true,
    reward: [],
  })

  test('of spinning are |θ̇| summed', () => {
    const { score } = pendulumTasks.find(({ name }) => name === 'pendulum-spins')!
    expect(score.of(clip(3, [1, 0, -4, 1, 0, 2]))).toBe(6)
  })

  test('of flying low are heights from the top, where an episode that is over counts as the top', () => {
    const row = (height: number) => [height, ...Array.from({ length: 17 }, () => 9)]
    expect(flappyBirdLower.score.of(clip(18, [...row(-1), ...row(0.5)]))).toBe(1.5)
  })
})

test('a seed of a task runs all its arms, and is measured', { timeout: 60_000 }, () => {
  const steady = timeLimit(8)({
    name: 'steady',
    observationSpace: box(1, [-9], [9]),
    actionSpace: box(1, [-1], [1]),
    init: () => 0,
    step:
      ([push]: readonly number[]) =>
      (x: number) => [{ reward: push!, terminated: false, truncated: false }, x + push!],
    observe: (x: number) => [x],
  })
  const ppo = { ...cleanrl, envs: 2, steps: 16, totalSteps: 64, minibatches: 1, epochs: 1 }
  const run = runSeed(
    {
      name: 'steady',
      title: 'steady',
      env: steady,
      ppo,
      preferences: { ...preferencesConfig, clip: 4, labels: 8, every: 1, reference: 8 },
      before: ppo,
      wrong: 0,
      hasControl: true,
      score: { name: 'reward', of: ({ reward }) => reward.reduce((a, b) => a + b, 0) },
      measure: { of: () => 3, as: 'mean', unit: 'three' },
      longest: 100,
      target: { kind: 'gain', least: 0 },
    },
    3,
    4,
    () => undefined,
  )
  const three = { mean: 3, terminated: 0 }
  expect(run).toMatchObject({ seed: 3, before: three, learned: three, control: three })
  expect(run).toMatchObject({ rewarded: three, labels: 8, steps: 64 + 32 })
})
