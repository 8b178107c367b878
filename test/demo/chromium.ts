import { existsSync } from 'node:fs'

export const CHROMIUM = '/usr/bin/chromium'

/** Where it is missing in CI, that is a failure. */
export const isSkipped = !existsSync(CHROMIUM) && process.env['CI'] === undefined

/** GPUs that the processor plays, and no talk with the browser's backend. */
export const FLAGS = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
