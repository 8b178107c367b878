import { words, type Loose } from '../words.ts'

export const backendsWords = words({
  en: {
    title: 'Backends',
    intro:
      'How fast this browser multiplies n × n matrices, in GFLOP/s, with JavaScript, WebAssembly, WebGL 2 and WebGPU. Measuring takes a few seconds and loads gpu.js.',
    measure: 'Measure',
    again: 'Measure again',
    looking: 'Looking for GPUs …',
    measuring: (name: string, n: number) => `Measuring ${name}, n = ${n}`,
    failed: 'The measurement failed',
    busy: 'Training distorts the measurement: pause the run first.',
    what: 'What they are',
    over: 'GFLOP/s against n',
    logarithmic: 'both axes logarithmic',
    note: (rounds: number, seconds: number) =>
      `Medians of ${rounds} rounds, with the smallest and the largest. Times include copying: a GPU receives both matrices and sends one back. –: not measured, because it failed or would have taken more than ${seconds} s.`,
  },
  zh: {
    title: '计算后端',
    intro:
      '这个浏览器能用什么来做矩阵乘法：JavaScript、WebAssembly、WebGL 2 与 WebGPU 计算 n × n 矩阵之积的 GFLOP/s。测量需要几秒，届时才加载 gpu.js。',
    measure: '开始测量',
    again: '重新测量',
    looking: '正在寻找 GPU……',
    measuring: (name: string, n: number) => `正在测量 ${name}，n = ${n}`,
    failed: '测量失败',
    busy: '训练会占用被测的时间：请先暂停训练。',
    what: '它们是什么',
    over: 'GFLOP/s 与 n 的关系',
    logarithmic: '两轴均为对数',
    note: (rounds: number, seconds: number) =>
      `取 ${rounds} 轮的中位数，附最小值与最大值；都从数组到数组计时，因此 GPU 要接收两个矩阵并送回一个。–：未测量，因为预计超过 ${seconds} 秒，或已经失败。`,
  },
})

export type SurveyWords = Pick<
  Loose<(typeof backendsWords)['en']>,
  'what' | 'over' | 'logarithmic' | 'note'
>
