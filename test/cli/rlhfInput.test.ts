import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { proximal, workshop } from '../support/cli.ts'
import { tinyTexts } from '../support/pipeline.ts'

const { folder, remove } = workshop()
afterAll(remove)

const put = (name: string, content: string | Uint8Array): void =>
  writeFileSync(join(folder, name), content)

put('own.txt', `${tinyTexts.join('\n')}\n`)

const run = (line: string) => proximal(folder, ...line.split(' '))

/** What a command that makes no folder ends with. */
const refusal = async (line: string) => ({
  ...(await run(`rlhf ${line} --out refused`)),
  hasFolder: existsSync(join(folder, 'refused')),
})

const refused = (problem: string | RegExp) => ({
  code: 2,
  stdout: '',
  stderr:
    typeof problem === 'string'
      ? (expect.stringContaining(problem) as string)
      : (expect.stringMatching(problem) as string),
  hasFolder: false,
})

describe('a corpus that cannot be learned from is refused', () => {
  test.each([
    [
      'utf16.txt',
      Buffer.from('\ufeffanna\nbob\n', 'utf16le'),
      'corpus: expected UTF-8, got UTF-16LE',
    ],
    ['latin1.txt', Buffer.from('anna\nrené\n', 'latin1'), 'line 2: expected UTF-8'],
    ['empty.txt', '', 'corpus: expected at least one line, got none'],
    ['blank.txt', ' \n\n\t\n', 'corpus: expected at least one line, got none'],
    ['one.txt', 'anna\n', 'expected at least two lines'],
  ])('%s', async (name, content, problem) => {
    put(name, content)
    expect(await refusal(`--corpus ${name}`)).toStrictEqual(refused(`${name}: ${problem}`))
  })

  test('with a word that is written like a special token', async () => {
    put('special.txt', 'a b\nb <eos>\na <eos>\n')
    expect(await refusal('--corpus special.txt --words')).toStrictEqual(
      refused('eos: expected a token other than tokens[0]'),
    )
  })

  test('that never ends, or is none', async () => {
    expect(await refusal('--corpus /dev/zero')).toStrictEqual(
      refused('/dev/zero: expected a regular file, found a device'),
    )
    expect(await refusal('--corpus none.txt')).toStrictEqual(
      refused('none.txt: expected it to exist, found nothing'),
    )
  })
})

describe('comparisons that cannot be learned from are refused', () => {
  test.each([
    ['json', '{"ranked":["a","b"]}\nnonsense\n', 'line 2: expected JSON'],
    [
      'token',
      '{"ranked":["a","z"]}\n',
      'line 1: responses[1][0]: expected one of 3 tokens, got "z"',
    ],
    ['empty', '{"ranked":["a",""]}\n', 'line 1: expected a response with tokens, got ""'],
    ['equal', '{"ranked":["a","a"]}\n', 'line 1: expected different responses, got "a" twice'],
    ['nothing', '\n', 'comparisons: expected at least one line, got none'],
  ])('%s', async (name, content, problem) => {
    put(`${name}.jsonl`, content)
    expect(await refusal(`--corpus own.txt --comparisons ${name}.jsonl`)).toStrictEqual(
      refused(`${name}.jsonl: ${problem}`),
    )
    expect(readFileSync(join(folder, `${name}.jsonl`), 'utf8')).toBe(content)
  })
})

describe('a score that gives no number is refused', () => {
  test.each([
    [
      'nan.js',
      'export default () => NaN',
      /score\[0\]: expected a finite number for "\w+", got NaN/,
    ],
    ['text.js', "export default () => '1'", /score\[0\]: expected .* got "1"/],
    ['later.js', 'export default async () => 1', /score\[0\]: expected .* got a promise/],
    [
      'throws.js',
      "export default (text) => { if (text.length > 1) throw new Error('no') ; return 1 }",
      /score\[1\]: expected a finite number for "\w\w", got an error: no/,
    ],
    ['none.js', 'export const best = 1', /expected a function as its default export/],
    ['wrong.js', 'export default (', /wrong\.js: could not be imported/],
  ])('%s', async (name, content, problem) => {
    put(name, content)
    expect(await refusal(`--corpus own.txt --reward ./${name}`)).toStrictEqual(refused(problem))
  })

  test('in the middle: what was learned before is kept, and another run takes it', async () => {
    put('same.js', 'export default () => 1')
    const { code, stderr } = await run('rlhf --corpus own.txt --reward ./same.js --out kept')
    expect(code).toBe(2)
    expect(stderr).toContain('score: scores: expected finite numbers that differ')
    expect(stderr).toContain('finished stages are in kept')
    put('good.js', 'export default (text) => text.length')
    const next = await run('rlhf --from kept --reward ./good.js --updates 1 --out next --json')
    expect(next.code).toBe(0)
    expect(next.stderr).toContain('fine-tuning: reused')
  })

  test('while PPO learns: says in which update, for which text', async () => {
    put('late.js', 'let calls = 0\nexport default (text) => (++calls > 2200 ? NaN : text.length)\n')
    const { code, stderr } = await run('rlhf --corpus own.txt --reward ./late.js --out late')
    expect(code).toBe(2)
    expect(stderr).toMatch(/update \d+: .*score: expected a finite number for "\w*", got NaN/)
  })
})

describe('options that cannot be are refused', () => {
  test.each([
    ['--beta -1', '--beta'],
    ['--beta x', '--beta: expected a number >= 0, got "x"'],
    ['--target-kl 0', '--target-kl: expected a number > 0, got "0"'],
    ['--beta 0 --target-kl 4', '--beta: expected a number > 0 with --target-kl'],
    ['--updates 0', '--updates: expected a whole number from 1'],
    ['--corpus own.txt --updates 2000000000', 'ppo.updates: expected a whole number from 1 to'],
    ['--words', '--words: expected only with --corpus FILE'],
    ['--corpus own.txt --words --chars', '--words: expected one of --chars and --words, got both'],
    ['--reward ./a.js --comparisons b', '--reward: expected one of --comparisons and --reward'],
    ['--backend cpu', '--backend'],
    ['--corpus ', '--corpus: expected a name, got ""'],
    ['--from nowhere', 'nowhere/config.json: expected it to exist'],
  ])('%s', async (line, problem) => {
    expect(await refusal(line)).toStrictEqual(refused(problem))
  })

  test('options that change a resumed run', async () => {
    const { code, stderr } = await run('rlhf --resume kept --beta 1')
    expect(code).toBe(2)
    expect(stderr).toContain('--beta: expected no option that changes the run with --resume')
  })
})

test('a target for the KL starts from a β above 0, whatever the run before had', async () => {
  put('length.js', 'export default (text) => text.length')
  const learn = (options: string) => run(`rlhf --reward ./length.js --updates 1 ${options}`)
  expect((await learn('--corpus own.txt --beta 0 --out zero')).code).toBe(0)
  expect((await learn('--from zero --target-kl 4 --out held')).code).toBe(0)
  const { ppo } = JSON.parse(readFileSync(join(folder, 'held/config.json'), 'utf8')) as {
    readonly ppo: unknown
  }
  expect(ppo).toMatchObject({ beta: 0.3, entropyCoef: 0, adaptive: { target: 4 } })
})
