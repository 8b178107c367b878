import * as E from 'fp-ts/lib/Either.js'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { openDevice } from '../../src/kernel/gpu/device.ts'
import type { Mode } from '../../src/kernel/gpu/modes.ts'
import type { Check } from './check.ts'
import { checks } from './checks/index.ts'
import { CHROMIUM } from '../demo/chromium.ts'
import { buildPage, inChromium } from './chromium.ts'

// Runs every check in every mode of gpu.js that this machine can have, in Node and in Chromium, and
// shows a table. Started from the project's folder, with --expose-gc; ends with 1 where a check
// fails, and with CI=true where Chromium is missing. --only name,name and --modes name,name choose.

const argument = (name: string): readonly string[] | null => {
  const at = process.argv.indexOf(name)
  return at < 0 ? null : (process.argv[at + 1] ?? '').split(',')
}
const json = process.argv.includes('--json')
const names = argument('--only') ?? Object.keys(checks)
const modes = argument('--modes')
const inCI = process.env['CI'] === 'true'
const say = (line: string): boolean => (json ? process.stderr : process.stdout).write(`${line}\n`)
const started = performance.now()

type Row = Check & { readonly mode: string; readonly from: string; readonly seconds: number }
const rows: Row[] = []
const adapters: { readonly mode: string; readonly adapter: string }[] = []
let last = started

const tell = (mode: string, row: unknown): void => {
  const now = performance.now()
  const found = row as Check & { readonly from: string; readonly adapter?: string }
  if (found.adapter !== undefined) {
    adapters.push({ mode: (row as { mode: string }).mode, adapter: found.adapter })
    say(`\n${mode}: ${found.adapter}`)
  } else {
    const seconds = (now - last) / 1000
    rows.push({ ...found, mode, seconds })
    say(
      `${found.ok ? 'ok ' : 'BAD'}  ${mode.padEnd(7)} ${found.figure.toPrecision(3).padStart(9)} <= ${String(found.limit).padEnd(7)} ${seconds.toFixed(1).padStart(6)} s  ${found.name}`,
    )
  }
  last = now
}

const heap = async (): Promise<number> => {
  await setImmediate()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

const inNode = async (mode: Mode): Promise<void> => {
  const opened = await openDevice(mode)
  if (E.isLeft(opened)) throw new Error(opened.left.message)
  const device = opened.right
  tell(mode, { mode: device.mode, adapter: device.adapter })
  for (const name of names)
    for await (const check of checks[name]!({ device, counts: null, heap, lose: null }))
      tell(mode, { from: name, ...check })
  await device.destroy()
}

const problems: string[] = []
const trying = async (mode: string, run: () => Promise<void>): Promise<void> => {
  if (modes !== null && !modes.includes(mode)) return
  try {
    await run()
  } catch (error) {
    problems.push(`${mode}: ${String(error)}`)
    say(`BAD  ${mode}: ${String(error)}`)
  }
}

for (const mode of ['webasm', 'cpu'] as const) await trying(mode, () => inNode(mode))
const isHere = existsSync(CHROMIUM)
if (isHere) {
  const page = join(process.cwd(), '.build/gpuPage')
  await buildPage(join(process.cwd(), 'test/gpu/page'), page)
  for (const mode of ['webgl2', 'webgpu'])
    await trying(mode, () => inChromium(page, mode, names, (row) => tell(mode, row)))
} else {
  say(`${inCI ? 'BAD' : 'SKIPPED'}  webgl2, webgpu: no browser at ${CHROMIUM}`)
  if (inCI) problems.push('no browser')
}

const bad = rows.filter(({ ok }) => !ok)
// A mode that another one stood in for has told its own name.
const wrong = adapters.filter(
  ({ mode }, i) => modes === null && mode !== ['webasm', 'cpu', 'webgl2', 'webgpu'][i],
)
const isGood = bad.length === 0 && problems.length === 0 && wrong.length === 0 && rows.length > 0
const seconds = (performance.now() - started) / 1000
say(
  isGood
    ? `\n${rows.length} checks of ${adapters.map(({ mode }) => mode).join(', ')}, in ${seconds.toFixed(0)} s${isHere ? '' : '; SKIPPED: webgl2, webgpu'}`
    : `\nnot as it should be: ${[...bad.map(({ mode, name }) => `${mode}: ${name}`), ...problems, ...wrong.map(({ mode }) => mode)].join('; ')}`,
)
if (json)
  process.stdout.write(
    `${JSON.stringify({ ok: isGood, seconds, adapters, problems, checks: rows })}\n`,
  )
process.exitCode = isGood ? 0 : 1
