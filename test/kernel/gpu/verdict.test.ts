import { describe, expect, test } from 'vitest'
import type { Backend, Survey } from '../../../src/kernel/gpu/survey.ts'
import { describeBackend, shownSpeed, verdicts } from '../../../src/kernel/gpu/verdict.ts'

const backend = (more: Partial<Backend>): Backend => ({
  name: 'webgl2',
  isGpu: true,
  adapter: 'Some GPU',
  speeds: [null],
  problem: null,
  ...more,
})

const found = (more: Partial<Survey>): Survey => ({
  sizes: [32, 64],
  backends: [backend({}), backend({ name: 'webgpu' })],
  host: 'wasm',
  wins: [],
  missing: null,
  ...more,
})

describe('a number of GFLOP/s', () => {
  test.each([
    [undefined, '–'],
    [0.0042, '0.004'],
    [0.0994, '0.099'],
    [0.0995, '0.10'],
    [9.994, '9.99'],
    [9.995, '10.0'],
    [99.94, '99.9'],
    [99.95, '100'],
    [12_345.6, '12346'],
  ])('%s is shown as %s', (x, text) => {
    expect(shownSpeed(x)).toBe(text)
  })
})

describe('the verdict', () => {
  test('is that there is no GPU, or one sentence per GPU', () => {
    expect(verdicts(found({}))).toEqual(['No GPU on this machine could be faster than wasm.'])
    const wins = [
      { mode: 'webgpu', from: 64 },
      { mode: 'webgl2', from: null },
    ] as const
    expect(verdicts(found({ wins, host: 'js' }))).toEqual([
      'webgpu is faster than js from n = 64 upwards.',
      'webgl2 is not faster than js on this machine, up to n = 64.',
    ])
  })

  test('does not count a GPU whose measurement failed', () => {
    const backends = [backend({ problem: 'lost' })]
    expect(verdicts(found({ backends, wins: [{ mode: 'webgl2', from: null }] }))).toEqual([
      'webgl2 was not measured completely: lost',
    ])
  })
})

describe('a backend', () => {
  test.each<[Partial<Backend>, string]>([
    [{}, 'Some GPU'],
    [{ adapter: null, problem: 'not available: it needs one' }, 'not available: it needs one'],
    [{ problem: 'lost' }, 'Some GPU; ended by: lost'],
    [{ adapter: 'google SwiftShader' }, 'google SwiftShader: a GPU that the processor plays'],
    [{ name: 'wasm', isGpu: false, adapter: 'WebAssembly' }, 'WebAssembly'],
    [{ name: 'webasm', isGpu: false, adapter: 'WebAssembly' }, 'gpu.js in WebAssembly: no GPU'],
  ])('%j is described as %s', (more, words) => {
    expect(describeBackend(backend(more))).toBe(words)
  })
})
