import { afterEach, describe, expect, test, vi } from 'vitest'
import { maker } from '../../src/kernel/makers.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('auto', () => {
  test('is wasm where there is SIMD', () => {
    expect(maker('auto').name).toBe('wasm')
  })

  test('is js where there is no WebAssembly, or one without SIMD', () => {
    vi.stubGlobal('WebAssembly', undefined)
    expect(maker('auto').name).toBe('js')
    vi.stubGlobal('WebAssembly', { validate: () => false })
    expect(maker('auto').name).toBe('js')
  })

  test('is js where a content policy lets none compile', () => {
    const refusing = function Module(): never {
      throw new Error('Refused to compile: violates the content policy')
    }
    vi.stubGlobal('WebAssembly', { validate: () => true, Module: refusing })
    expect(maker('auto').name).toBe('js')
  })

  test('is one of three names', () => {
    expect(() => maker('gpu' as 'js')).toThrow('maker: expected auto or one of js, wasm, got "gpu"')
  })

  test('wasm by name says there that it cannot be had', () => {
    vi.stubGlobal('WebAssembly', { validate: () => false })
    expect(() => maker('wasm').memory(64, false)).toThrow(
      "maker: expected an engine that has WebAssembly with SIMD and may compile it, got one that has not or may not: take 'js'",
    )
  })
})
