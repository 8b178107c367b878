import { config as ppoConfig } from '../../builtin/ppoPresets.ts'
import { parts as ppoParts, init as ppoInit, train as ppoTrain } from '../../algo/ppo/iterate.ts'
import { config as trpoConfig } from '../../algo/trpo/config.ts'
import {
  parts as trpoParts,
  init as trpoInit,
  train as trpoTrain,
} from '../../algo/trpo/iterate.ts'
import { cartPole } from '../../env/cartPole.ts'
import { f64 } from '../../math/real.ts'
import { key } from '../../random/key.ts'
import type { Point } from '../../report/series.ts'
import { k1, k2, k3 } from '../../rl/kl.ts'
import { of, toArray } from '../../tensor/tensor.ts'
import { grid, paired } from './grid.ts'
import type { Panel } from './panel.ts'

const STEPS = 24_576
const RATIOS = grid(0.3, 2.5, 89)

const logRatio = of(['sample'], [RATIOS.length], Float64Array.from(RATIOS, f64.log))
const zero = of(['sample'], [RATIOS.length], new Float64Array(RATIOS.length))

const stepsOf = (effort: number): number => Math.max(4096, Math.round(effort * STEPS))

const klOfPpo = (effort: number): readonly Point[] => {
  const config = ppoConfig({
    preset: 'cartpoleKl',
    totalSteps: stepsOf(effort),
    learningRateSchedule: 'constant',
  })
  const parts = ppoParts(config, cartPole)
  return [...ppoTrain(config, parts)(ppoInit(parts)(key(1)))].map(([{ steps, approxKl }]) => [
    steps,
    approxKl,
  ])
}

const klOfTrpo = (effort: number): readonly Point[] => {
  const config = trpoConfig({ preset: 'cartpole', totalSteps: stepsOf(effort) })
  const parts = trpoParts(config, cartPole)
  return [...trpoTrain(config, parts)(trpoInit(parts)(key(1)))].map(([{ steps, kl }]) => [
    steps,
    kl,
  ])
}

/** The estimators of KL at one sample, and what an update moves the policy under two rules. */
export const klPlot = (effort: number): readonly Panel[] => [
  {
    title: { en: 'Estimators of KL from a sample', zh: '由单个样本估计 KL' },
    x: { en: 'ratio r', zh: '比值 r' },
    y: { en: 'nats', zh: '奈特' },
    curves: [
      {
        name: { en: 'k₁ = −log r', zh: 'k₁ = −log r' },
        kind: 'dashed',
        colour: 1,
        points: paired(RATIOS, toArray(k1(logRatio, zero))),
      },
      {
        name: { en: 'k₂ = ½ (log r)²', zh: 'k₂ = ½ (log r)²' },
        kind: 'dashed',
        colour: 2,
        points: paired(RATIOS, toArray(k2(logRatio, zero))),
      },
      {
        name: { en: 'k₃ = (r − 1) − log r', zh: 'k₃ = (r − 1) − log r' },
        kind: 'line',
        colour: 3,
        points: paired(RATIOS, toArray(k3(logRatio, zero))),
      },
    ],
  },
  {
    title: { en: 'KL of each update, CartPole', zh: '每次更新的 KL，CartPole' },
    x: { en: 'environment steps', zh: '环境步数' },
    y: { en: 'nats', zh: '奈特' },
    curves: [
      {
        name: { en: 'TRPO, at most 0.01', zh: 'TRPO，不超过 0.01' },
        kind: 'line',
        colour: 1,
        points: klOfTrpo(effort),
      },
      {
        name: { en: 'PPO with β KL, aims at 0.005', zh: '带 β KL 的 PPO，目标 0.005' },
        kind: 'line',
        colour: 2,
        points: klOfPpo(effort),
      },
    ],
  },
]
