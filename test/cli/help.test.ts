import { readFileSync, readdirSync } from 'node:fs'
import { posix } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { parseOptions } from '../../src/cli/options.ts'
import { proximal, workshop } from '../support/cli.ts'
import { staticSpecifiersOf } from '../support/house.ts'

const { folder, remove } = workshop()
afterAll(remove)

const SRC = new URL('../../src/', import.meta.url)
const names = Object.keys(commands)

describe('help', () => {
  test('lists every command, the environments and the exit codes', async () => {
    const { code, stdout, stderr } = await proximal(folder, '--help')
    expect([code, stderr]).toEqual([0, ''])
    for (const name of names) expect(stdout).toContain(`  proximal ${name}`)
    expect(stdout.split('\n').length).toBeLessThan(45)
    expect(stdout).toContain('environments: cartpole, acrobot,')
    expect(stdout).toContain('exit codes: 0 success')
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
    for (const args of [['help'], ['-h'], ['frobnicate', '--help']])
      expect((await proximal(folder, ...args)).stdout).toBe(stdout)
    expect(await proximal(folder)).toEqual({ code: 2, stdout, stderr: '' })
  })

  test.each(names)('%s --help is the part about it, wherever the option stands', async (name) => {
    const { code, stdout } = await proximal(folder, name, '--help')
    const whole = (await proximal(folder, '--help')).stdout
    expect(code).toBe(0)
    const [usage = '', rest = ''] = stdout.split('\nenvironments:')
    expect(whole).toContain(usage.slice(0, usage.search(/^ {4}--/m)))
    expect(rest === '' || whole.includes(rest.trimEnd())).toBe(true)
    expect(usage).toMatch(new RegExp(`^  example: proximal ${name}`, 'm'))
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
    const others = names.filter((other) => stdout.includes(`  proximal ${other} `))
    expect(others).toEqual([name])
    expect(await proximal(folder, name, 'x', '-h')).toEqual({ code: 0, stdout, stderr: '' })
  })

  test('no example has an option that its command does not know', async () => {
    for (const load of Object.values(commands)) {
      const { command } = await load()
      const [program, name, ...args] = command.example.split(' ')
      expect([program, name]).toEqual(['proximal', command.name])
      expect(parseOptions(args, command.options, ({ names }) => names)).toMatchObject({
        _tag: 'Right',
      })
    }
  })

  test('--version is that of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(await proximal(folder, '--version')).toEqual({
      code: 0,
      stdout: `${version}\n`,
      stderr: '',
    })
  })
})

test('only the command that runs is loaded, each from a separate file', () => {
  const loaded = new Set(['cli/main.ts'])
  for (const path of loaded)
    for (const name of staticSpecifiersOf(readFileSync(new URL(path, SRC), 'utf8')))
      if (name.startsWith('.')) loaded.add(posix.join(posix.dirname(path), name))
  expect(loaded).toContain('cli/commands.ts')
  expect([...loaded].filter((path) => path.startsWith('cli/command/'))).toEqual([])
  expect(loaded.size).toBeLessThan(20)
  expect(readdirSync(new URL('cli/command/', SRC)).toSorted()).toEqual(
    names.map((name) => `${name}.ts`).toSorted(),
  )
})
