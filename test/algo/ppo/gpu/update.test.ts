import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDevice, type Device } from '../../../../src/kernel/gpu/device.ts'
import { gradientDistance, scenes, updateDistance } from '../../../gpu/scenes.ts'

describe.each(['webasm', 'cpu'] as const)('an update in mode %s', (mode) => {
  let device: Device
  beforeAll(async () => {
    const opened = await openDevice(mode)
    if (E.isLeft(opened)) throw new Error(opened.left.message)
    device = opened.right
    expect(device.mode).toBe(mode)
  })
  afterAll(() => device.destroy())

  test.each(Object.entries(scenes))('%s: the gradient of the f64 twin', async (_, scene) => {
    for (const seed of [1, 2])
      expect(await gradientDistance(device, scene, seed)).toBeLessThan(1e-4)
  })

  test.each(Object.entries(scenes))('%s: the way that kernels go', async (_, scene) => {
    expect(await updateDistance(device, scene, 3)).toBeLessThan(1e-3)
  })
})
