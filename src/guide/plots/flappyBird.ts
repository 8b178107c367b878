import { config as ppoConfig } from '../../builtin/ppoPresets.ts'
import { init, parts as ppoParts, train } from '../../algo/ppo/iterate.ts'
import { flappyBird } from '../../env/flappyBird.ts'
import { key } from '../../random/key.ts'
import { movingMean, type Point } from '../../report/series.ts'
import type { Panel } from './panel.ts'

const STEPS = 65_536
const MOVING = 40

/** As the page shows them. */
export const settings = {
  preset: 'flappy-bird',
  envs: 16,
  steps: 128,
  epochs: 4,
  minibatches: 4,
  clipSchedule: 'constant',
} as const

/** A bird that learns, from its first crash on. */
export const flappyBirdPlot = (effort: number): readonly Panel[] => {
  const config = ppoConfig({ ...settings, totalSteps: Math.max(4096, Math.round(effort * STEPS)) })
  const parts = ppoParts(config, flappyBird)
  const returns: Point[] = []
  const entropy: Point[] = []
  for (const [metrics] of train(config, parts)(init(parts)(key(1)))) {
    for (const episode of metrics.episodes) returns.push([metrics.steps, episode.return])
    entropy.push([metrics.steps, metrics.entropy])
  }
  return [
    {
      title: { en: 'Return of each game', zh: '每局游戏的回报' },
      x: { en: 'frames', zh: '帧数' },
      y: { en: 'return', zh: '回报' },
      curves: [
        { name: { en: 'a game', zh: '一局' }, kind: 'dots', colour: 3, points: returns },
        {
          name: { en: `mean of ${MOVING} games`, zh: `${MOVING} 局均值` },
          kind: 'line',
          colour: 1,
          points: movingMean(returns, MOVING),
        },
      ],
    },
    {
      title: { en: 'Entropy of the policy', zh: '策略的熵' },
      x: { en: 'frames', zh: '帧数' },
      y: { en: 'nats', zh: '奈特' },
      curves: [
        {
          name: { en: 'mean over a minibatch', zh: '小批量均值' },
          kind: 'line',
          colour: 2,
          points: entropy,
        },
      ],
    },
  ]
}
