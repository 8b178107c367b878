import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { decodeLines, encodeLine, linked, isEnd, type Body } from '../../src/run/rlhf/lines.ts'
import { sha256Of } from '../../src/run/rlhf/pipelineFolder.ts'
import { firstLinkOf, STAGES } from '../../src/run/rlhf/runPipeline.ts'
import { filesIn, proximal, workshop } from '../support/cli.ts'
import { ran, tinyConfig, tinySource, writeRun } from '../support/pipeline.ts'

const { folder, remove } = workshop()
afterAll(remove)

const whole = await ran(tinyConfig, tinySource)
writeRun(join(folder, 'run'), tinyConfig, tinySource, whole)

/** A copy of the run whose lines are others, with links that follow. */
const forged = (name: string, change: (body: Body) => Body): string => {
  cpSync(join(folder, 'run'), join(folder, name), { recursive: true })
  const chain = join(folder, name, 'chain.jsonl')
  let link = firstLinkOf(tinyConfig)
  const text = decodeLines(link, STAGES, readFileSync(chain, 'utf8')).map((line) => {
    const next = linked(link, change(line))
    ;({ link } = next)
    return encodeLine(next)
  })
  writeFileSync(chain, text.join(''))
  return name
}

describe('replay of a run of rlhf', () => {
  test.each(['js', 'wasm'])('makes all stages again, to the bit, on %s', async (backend) => {
    const before = filesIn(join(folder, 'run'))
    const { code, stdout } = await proximal(folder, 'replay', 'run', '--backend', backend, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toStrictEqual({
      run: 'run',
      same: true,
      stages: STAGES,
      firstDifference: null,
      hash: whole.lines.at(-1)!.link,
    })
    expect(filesIn(join(folder, 'run'))).toStrictEqual(before)
  })

  test('refuses a chain with a line too many, which --resume cuts off', async () => {
    cpSync(join(folder, 'run'), join(folder, 'longer'), { recursive: true })
    const chain = join(folder, 'longer/chain.jsonl')
    const before = readFileSync(chain, 'utf8')
    writeFileSync(chain, `${before}{"stage":"evaluation"}\n`)
    const refused = await proximal(folder, 'replay', 'longer')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('expected one that follows from the lines before')
    expect((await proximal(folder, 'rlhf', '--resume', 'longer')).code).toBe(0)
    expect(readFileSync(chain, 'utf8')).toBe(before)
  })

  test.each([['replay'], ['rlhf', '--resume']])(
    'is refused by %s where the config was changed, and nothing is written',
    async (...command) => {
      const name = `changed-${command[0]}`
      cpSync(join(folder, 'run'), join(folder, name), { recursive: true })
      const config = join(folder, name, 'config.json')
      writeFileSync(config, readFileSync(config, 'utf8').replace(/"seed": \d+/, '"seed": 99'))
      const before = filesIn(join(folder, name))
      const { code, stderr } = await proximal(folder, ...command, name)
      expect(code).toBe(2)
      expect(stderr).toContain('chain.jsonl: expected lines that follow from config.json')
      expect(filesIn(join(folder, name))).toStrictEqual(before)
    },
  )

  test('names the first update whose metrics are others', async () => {
    const name = forged('metrics', (body) =>
      !isEnd(body) && body.stage === 'ppo' && body.step >= 3
        ? { ...body, metrics: { ...body.metrics, 'objective/kl': 9 } }
        : body,
    )
    const { code, stdout } = await proximal(folder, 'replay', name)
    expect(code).toBe(1)
    expect(stdout).toMatch(/ppo, update 3: objective\/kl: expected 9, got \d/)
  })

  test('names the epoch whose state is another', async () => {
    const name = forged('state', (body) =>
      !isEnd(body) && body.stage === 'sft' && body.step === 2
        ? { ...body, state: '0'.repeat(64) }
        : body,
    )
    const { code, stdout } = await proximal(folder, 'replay', name, '--json')
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      same: false,
      firstDifference: { stage: 'sft', step: 2 },
    })
  })

  test('names the stage whose output is another', async () => {
    const bytes = readFileSync(join(folder, 'run/samples.jsonl'), 'utf8').replace('true', 'false')
    const output = sha256Of(new TextEncoder().encode(bytes))
    const name = forged('output', (body) =>
      isEnd(body) && body.stage === 'samples' ? { ...body, output } : body,
    )
    writeFileSync(join(folder, name, 'samples.jsonl'), bytes)
    const { code, stdout } = await proximal(folder, 'replay', name)
    expect(code).toBe(1)
    expect(stdout).toContain('samples: the output differs')
  })

  test('refuses a file that is not the one of the chain, and a chain that does not follow', async () => {
    cpSync(join(folder, 'run'), join(folder, 'damaged'), { recursive: true })
    writeFileSync(join(folder, 'damaged/evaluation.json'), '{}')
    const damaged = await proximal(folder, 'replay', 'damaged')
    expect(damaged.code).toBe(2)
    expect(damaged.stderr).toMatch(/damaged\/evaluation\.json: expected SHA-256 .* changed/)

    cpSync(join(folder, 'run'), join(folder, 'edited'), { recursive: true })
    const chain = join(folder, 'edited/chain.jsonl')
    writeFileSync(chain, readFileSync(chain, 'utf8').replace('"step":2', '"step":3'))
    const edited = await proximal(folder, 'replay', 'edited')
    expect(edited.code).toBe(2)
    expect(edited.stderr).toContain('edited/chain.jsonl: line 3: expected one that follows')
  })

  test('refuses a run that has not ended, and says what to do', async () => {
    const first = await ran(tinyConfig, tinySource, undefined, undefined, 6)
    writeRun(join(folder, 'half'), tinyConfig, tinySource, first)
    const { code, stderr } = await proximal(folder, 'replay', 'half')
    expect(code).toBe(2)
    expect(stderr).toContain('has not finished: comparisons remains')
    const resumed = await proximal(folder, 'rlhf', '--resume', 'half', '--json')
    expect(JSON.parse(resumed.stdout)).toMatchObject({ hash: whole.lines.at(-1)!.link })
  })

  test('takes no more than the budget', async () => {
    const huge = { ...tinyConfig, ppo: { ...tinyConfig.ppo, updates: 1e9 } }
    writeRun(join(folder, 'huge'), tinyConfig, tinySource, whole)
    writeFileSync(join(folder, 'huge/config.json'), JSON.stringify(huge))
    const { code, stderr } = await proximal(folder, 'replay', 'huge')
    expect(code).toBe(2)
    expect(stderr).toContain('huge: expected work of at most 10 min on a laptop')
    const wide = { ...tinyConfig, model: { window: 4096, embedding: 4096, hidden: [4096] } }
    writeFileSync(join(folder, 'huge/config.json'), JSON.stringify(wide))
    for (const option of ['--resume', '--from']) {
      const refused = await proximal(folder, 'rlhf', option, 'huge')
      expect(refused.code).toBe(2)
      expect(refused.stderr).toMatch(/huge: expected work of at most .* 2 GiB of memory, got/)
    }
  })
})
