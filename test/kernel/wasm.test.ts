import binaryen from 'binaryen'
import { describe, expect, test } from 'vitest'
import { js, jsBackend } from '../../src/kernel/js/js.ts'
import { isSupported, moduleBytes, newMemory } from '../../src/kernel/wasm/instance.ts'
import { wasm } from '../../src/kernel/wasm/wasm.ts'
import { kernelLaws } from '../law/kernels.ts'
import { inPlace } from '../support/inPlace.ts'

kernelLaws('wasm', wasm.machine, js.f32)
kernelLaws('wasm in place', inPlace(wasm, false), js.f32, { arrays: 'own' })
kernelLaws('wasm in shared memory', inPlace(wasm, true), js.f32, { arrays: 'own' })
kernelLaws('js in shared memory', inPlace(jsBackend, true), js.f32)

const { Atomics, BulkMemory, BulkMemoryOpt, NontrappingFPToInt, SIMD128, SignExt, MutableGlobals } =
  binaryen.Features
const PLAIN = BulkMemory | BulkMemoryOpt | NontrappingFPToInt | SIMD128 | SignExt | MutableGlobals
const SHARED = PLAIN | Atomics

/** Whether a module is valid where an engine has these features and no others. */
const isValid = (module: ReturnType<typeof binaryen.readBinary>, features: number): boolean => {
  module.setFeatures(features)
  return module.validate() === 1
}

describe('the module', () => {
  test('is smaller than 32 KB', () => {
    expect(moduleBytes(true).length).toBeLessThan(32 * 1024)
  })

  test('has no instruction of relaxed SIMD, whose bits are the engine’s', () => {
    expect(isValid(binaryen.readBinary(moduleBytes(true)), SHARED)).toBe(true)
  })

  test('whose presence would be seen', () => {
    const text = (product: string) => `(module (func (export "f") (param v128) (result v128)
      (${product} (local.get 0) (local.get 0) (local.get 0))))`
    const relaxed = binaryen.parseText(text('f32x4.relaxed_madd'))
    const plain = binaryen.parseText(text('v128.bitselect'))
    expect([isValid(relaxed, SHARED), isValid(plain, SHARED)]).toEqual([false, true])
  })

  test('is the same for a memory that is not shared, and needs no threads then', () => {
    const [one, other] = [moduleBytes(true), moduleBytes(false)]
    expect(one.filter((byte, i) => byte !== other[i])).toHaveLength(1)
    expect(isValid(binaryen.readBinary(other), PLAIN)).toBe(true)
    expect(isValid(binaryen.readBinary(one), PLAIN)).toBe(false)
  })

  test('is one that this engine has SIMD for', () => {
    expect(isSupported()).toBe(true)
  })

  test('more memory than 4 GiB is an error that says what to do', () => {
    expect(() => newMemory(2 ** 33, false)).toThrow(
      'memory: expected at most 4 GiB, got 8589934592 bytes: use smaller networks or batches',
    )
  })
})
