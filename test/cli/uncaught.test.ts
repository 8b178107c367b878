import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { proximalProcess, workshop } from '../support/cli.ts'
import { builtUrl } from '../support/built.ts'

const LIBRARY = builtUrl('index.js')
const QUICK = [
  '--preset',
  'cleanrl',
  '--set',
  'envs=4',
  '--set',
  'steps=16',
  '--set',
  'hidden=[8]',
  '--steps',
  '25600',
  '--threads',
  '1',
]
const { folder, remove } = workshop()
afterAll(remove)

const put = (name: string, text: string): void => writeFileSync(join(folder, name), text)

/** CartPole whose 3,000th step of a process runs that statement. */
const cartPoleThen = (statement: string): string => `import { env } from '${LIBRARY}'
let steps = 0
const step = (action) => (state) => {
  if (++steps === 3000) ${statement}
  return env.cartPole.step(action)(state)
}
export default () => ({ ...env.cartPole, name: 'pole', step })
`

test('an error in a timer of a module ends the run as a fault does, and the run goes on from there', async () => {
  put('timer.mjs', cartPoleThen(`setTimeout(() => { throw new Error('late \\x1b[31m') })`))
  put('calm.mjs', cartPoleThen('{}'))
  const ended = await proximalProcess(folder, 'train', './timer.mjs', ...QUICK, '--out', 'late')
  expect(ended.code).toBe(2)
  expect(ended.stderr).toContain(
    'proximal: uncaught error: late \\u001b[31m; what was learned before is in late\n',
  )
  expect(ended.stderr).not.toContain('timer.mjs:')

  const on = ['--resume', 'late', '--env', './calm.mjs', '--allow-changed-env', '--json']
  const [resumed, whole] = [
    await proximalProcess(folder, 'train', ...on),
    await proximalProcess(folder, 'train', './calm.mjs', ...QUICK, '--out', 'calm', '--json'),
  ]
  expect(resumed.stderr).not.toContain('on from update 0 ')
  const hash = (stdout: string): unknown => (JSON.parse(stdout) as { readonly hash: unknown }).hash
  expect(hash(resumed.stdout)).toBe(hash(whole.stdout))
})

test.each([
  ['rejects a promise', `Promise.reject(new Error('no \\x1b[31m one'))`, 'uncaught error'],
  ['throws what cannot be read', `throw { toString() { throw 1 } }`, 'could not be imported'],
])('a module that %s ends with printable lines and exit code 2', async (_, statement, message) => {
  put('broken.mjs', statement)
  const ended = await proximalProcess(folder, 'train', './broken.mjs', '--out', 'none')
  expect(ended).toMatchObject({ code: 2, stdout: '' })
  expect(ended.stderr).toMatch(/^(?:proximal: [\x20-\x7e]*\n)+$/)
  expect(ended.stderr).toContain(message)
  expect(existsSync(join(folder, 'none'))).toBe(false)
})
