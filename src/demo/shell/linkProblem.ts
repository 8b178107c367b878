import type { LinkProblem } from '../link/link.ts'
import { words, type Language } from '../words.ts'

type Of<K extends LinkProblem['kind']> = Extract<LinkProblem, { kind: K }>

const texts = words({
  en: {
    env: ({ got, instead }: Of<'env'>) =>
      `There is no environment “${got}” here; the page took ${instead}.`,
    seed: ({ got, instead }: Of<'seed'>) =>
      `A seed is a whole number from 0 to 4294967295, not “${got}”; the page took ${instead}.`,
    version: ({ got, instead }: Of<'version'>) =>
      `The link was made by version ${got}, this is ${instead}: the hash may differ.`,
    claim: ({ got }: Of<'claim'>) =>
      `“${got}” is no update of this run with its hash; there is nothing to compare with.`,
    fork: ({ got, problem }: Of<'fork'>) => `The change “${got}” is left out: ${problem}.`,
    setting: ({ problem, instead }: Of<'setting'>) =>
      instead === null
        ? `${problem}. The setting is left out.`
        : `${problem}. The page took ${instead}.`,
  },
  zh: {
    env: ({ got, instead }: Of<'env'>) => `这里没有环境“${got}”；页面改用 ${instead}。`,
    seed: ({ got, instead }: Of<'seed'>) =>
      `种子是 0 到 4294967295 的整数，而不是“${got}”；页面改用 ${instead}。`,
    version: ({ got, instead }: Of<'version'>) =>
      `此链接由版本 ${got} 生成，当前版本是 ${instead}：哈希可能不同。`,
    claim: ({ got }: Of<'claim'>) => `“${got}”不是此训练的某次更新及其哈希；没有可比较的内容。`,
    fork: ({ got, problem }: Of<'fork'>) => `忽略更改“${got}”：${problem}。`,
    setting: ({ problem, instead }: Of<'setting'>) =>
      instead === null ? `${problem}。忽略此设置。` : `${problem}。页面改用 ${instead}。`,
  },
})

/** What was wrong with a part of a link, in a sentence. */
export const linkProblemText = (language: Language, problem: LinkProblem): string =>
  // Each kind has a text of its own.
  (texts[language][problem.kind] as (problem: LinkProblem) => string)(problem)
