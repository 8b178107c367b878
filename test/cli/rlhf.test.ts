import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { CLI, filesIn, proximal, workshop, type Ended } from '../support/cli.ts'
import { tinyTexts } from '../support/pipeline.ts'

const { folder, remove } = workshop()
afterAll(remove)

writeFileSync(join(folder, 'own.txt'), `${tinyTexts.join('\n')}\n`)
writeFileSync(
  join(folder, 'score.js'),
  `export default (text, tokens) => tokens.filter((token) => token === 'a').length - 0.1 * text.length\n`,
)

const run = (line: string): Promise<Ended> => proximal(folder, ...line.split(' '))

const OWN = 'rlhf --corpus own.txt --reward ./score.js --updates 3 --seed 7'

interface Printed {
  readonly hash: string
  readonly before: { readonly own: number }
  readonly after: { readonly own: number; readonly kl: number }
  readonly samples: readonly unknown[]
}

const printed = ({ stdout }: Ended): Printed => JSON.parse(stdout.trim()) as Printed

const whole = await run(`${OWN} --out whole --threads 2 --json`)

describe('rlhf with a text and a score of the user', () => {
  test('prints one line of JSON, and writes its stages and a report', () => {
    expect(whole).toMatchObject({ code: 0 })
    const { hash, before, after, samples } = printed(whole)
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect(after.own).toBeGreaterThan(before.own)
    expect(after.kl).toBeGreaterThan(0)
    expect(samples.length).toBeGreaterThan(9)
    // A run that takes seconds may, or may not, keep a checkpoint on its way.
    const { 'checkpoint.safetensors': _, ...files } = filesIn(join(folder, 'whole'))
    expect(Object.keys(files).toSorted()).toStrictEqual([
      'chain.jsonl',
      'config.json',
      'corpus.json',
      'evaluation.json',
      'ppo.safetensors',
      'report.html',
      'samples.jsonl',
      'sft.safetensors',
      'texts.jsonl',
    ])
    expect(readFileSync(join(folder, 'whole/report.html'), 'utf8')).toContain(hash)
  })

  test('goes on after kills to the same files', async () => {
    const chain = join(folder, 'killed/chain.jsonl')
    const lines = (): number =>
      existsSync(chain) ? readFileSync(chain, 'utf8').split('\n').length - 1 : 0
    let args = `${OWN} --out killed --threads 1`
    for (const until of [1, 4, 11]) {
      const child = spawn(process.execPath, [CLI, ...args.split(' ')], {
        cwd: folder,
        stdio: 'ignore',
      })
      const poll = setInterval(() => lines() >= until && child.kill('SIGKILL'), 2)
      await new Promise((resolve) => child.once('close', resolve))
      clearInterval(poll)
      args = 'rlhf --resume killed --reward ./score.js --threads 2'
    }
    const ended = await run(`${args} --json`)
    expect(ended).toMatchObject({ code: 0 })
    expect(printed(ended).hash).toBe(printed(whole).hash)
    const [one, other] = [filesIn(join(folder, 'whole')), filesIn(join(folder, 'killed'))]
    for (const name of ['chain.jsonl', 'ppo.safetensors', 'evaluation.json', 'report.html'])
      expect(other[name]).toBe(one[name])
  })

  test('begins from another run, and takes the stages that are the same', async () => {
    const { code, stderr } = await run(
      'rlhf --from whole --beta 1 --reward ./score.js --out other --json',
    )
    expect({ code, stderr }).toMatchObject({ code: 0 })
    for (const title of ['corpus', 'fine-tuning', 'samples'])
      expect(stderr).toContain(`${title}: reused`)
    expect(stderr).not.toContain('PPO: reused')
  })

  test('is not resumed by another score', async () => {
    cpSync(join(folder, 'whole'), join(folder, 'copy'), { recursive: true })
    writeFileSync(join(folder, 'changed.js'), 'export default (text) => text.length\n')
    const before = filesIn(join(folder, 'copy'))
    const { code, stderr } = await run('rlhf --resume copy --reward ./changed.js')
    expect(code).toBe(2)
    expect(stderr).toContain('./changed.js: has changed since the run')
    expect(filesIn(join(folder, 'copy'))).toStrictEqual(before)
  })

  test('refuses a folder with anything in it', async () => {
    mkdirSync(join(folder, 'full'))
    writeFileSync(join(folder, 'full/mine.txt'), 'mine')
    const { code, stderr } = await run(`${OWN} --out full`)
    expect(code).toBe(2)
    expect(stderr).toContain('expected a new or empty folder, found one with "mine.txt"')
    expect(filesIn(join(folder, 'full'))).toStrictEqual({ 'mine.txt': 'mine' })
  })
})
