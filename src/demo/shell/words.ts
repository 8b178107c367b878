import { words, type Language } from '../words.ts'

const grouped = (n: number): string => Math.round(n).toLocaleString('en')

export const shellWords = words({
  en: {
    views: 'Views',
    guide: 'Guide',
    language: 'Language',
    environment: 'Environment',
    seed: 'Seed',
    play: 'Train',
    pause: 'Pause',
    step: 'Step',
    restart: 'Restart',
    speed: 'Speed',
    slow: 'Slow',
    full: 'Full',
    progress: 'Completed updates',
    failed: 'The run failed',
    loading: 'Loading…',
    dismiss: 'Dismiss',
    broken: 'Parts of this link are not valid',
    instead: (value: string) => `used instead: ${value}`,
    lost: 'The worker was lost; the run continues from its last state.',
    facts: (update: number, updates: number, speed: number, threads: number) =>
      `update ${grouped(update)} of ${grouped(updates)} · ${grouped(speed)} steps/s · ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    phases: {
      idle: 'loading',
      running: 'training',
      paused: 'paused',
      done: 'done',
      failed: 'failed',
    },
  },
  zh: {
    views: '视图',
    guide: '指南',
    language: '语言',
    environment: '环境',
    seed: '种子',
    play: '训练',
    pause: '暂停',
    step: '单步',
    restart: '重新开始',
    speed: '速度',
    slow: '慢速',
    full: '全速',
    progress: '已完成的更新',
    failed: '运行失败',
    loading: '加载中…',
    dismiss: '知道了',
    broken: '此链接无法照原样打开',
    instead: (value: string) => `改用：${value}`,
    lost: '工作线程意外终止；训练已从最近的状态继续。',
    facts: (update: number, updates: number, speed: number, threads: number) =>
      `第 ${grouped(update)} / ${grouped(updates)} 次更新 · 每秒 ${grouped(speed)} 步 · ${threads} 个线程`,
    phases: { idle: '加载中', running: '训练中', paused: '已暂停', done: '已完成', failed: '失败' },
  },
})

export const environmentTitles = words({
  en: {
    cartpole: 'CartPole',
    pendulum: 'Pendulum',
    acrobot: 'Acrobot',
    'mountain-car': 'Mountain car',
    'flappy-bird': 'Flappy Bird',
    'frozen-lake': 'Frozen lake',
  },
  zh: {
    cartpole: '倒立摆小车',
    pendulum: '单摆',
    acrobot: '双摆',
    'mountain-car': '山地车',
    'flappy-bird': '像素鸟',
    'frozen-lake': '冰湖',
  },
})

/** The environments that the page offers; links may name others of the library. */
export const OFFERED = [
  'cartpole',
  'pendulum',
  'acrobot',
  'mountain-car',
  'flappy-bird',
  'frozen-lake',
] as const

/** What people call an environment. */
export const titleOf = (language: Language, env: string): string =>
  Object.hasOwn(environmentTitles[language], env)
    ? environmentTitles[language][env as (typeof OFFERED)[number]]
    : env
