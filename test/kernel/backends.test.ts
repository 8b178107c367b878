import { afterEach, describe, expect, test, vi } from 'vitest'
import { backend } from '../../src/kernel/backends.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('auto', () => {
  test('is wasm where there is SIMD', () => {
    expect(backend('auto').name).toBe('wasm')
  })

  test('is js where there is no WebAssembly, or one without SIMD', () => {
    vi.stubGlobal('WebAssembly', undefined)
    expect(backend('auto').name).toBe('js')
    vi.stubGlobal('WebAssembly', { validate: () => false })
    expect(backend('auto').name).toBe('js')
  })

  test('is js where a content policy lets none compile', () => {
    const refusing = function Module(): never {
      throw new Error('Refused to compile: violates the content policy')
    }
    vi.stubGlobal('WebAssembly', { validate: () => true, Module: refusing })
    expect(backend('auto').name).toBe('js')
  })

  test('is one of three names', () => {
    expect(() => backend('gpu' as 'js')).toThrow(
      'backend: expected auto or one of js, wasm, got "gpu"',
    )
  })

  test('asking for wasm by name is an error there', () => {
    vi.stubGlobal('WebAssembly', { validate: () => false })
    expect(() => backend('wasm').memory(64, false)).toThrow(
      "backend: expected an engine that has WebAssembly SIMD and may compile it, got one that does not or may not: use 'js'",
    )
  })
})
