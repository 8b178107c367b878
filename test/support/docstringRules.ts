import type { PublicName } from './docstrings.ts'

/** The start of a sentence, and a sentence end somewhere in the first paragraph. */
const SENTENCE = /^[^a-z][^]*?[^.][.:](?:\s|$)/
const SHAPE = /\[[^\]]+\]|\bshape\b/
const YEAR = /\b(?:19|20)\d\d\b/
/** What says how large a number may be, or what it counts. */
const RANGE =
  /[<>±∞=]|\bin \[|\b(?:from|between) \S+ (?:to|and)\b|\b(?:whole number|finite number|number of|how many|steps|seconds|milliseconds|bytes|pixels|units|index|nats|γ|ε|Infinity)\b/
/** Where estimators and losses are. */
const WITH_SOURCE =
  /^(?:rl\/(?:gae|returns|kStep|kl|truncation|wilson|bootstrap|performanceProfile|probabilityOfImprovement|interquartileMean)|rl\/loss\/\w+|distribution\/\w+|rlhf\/\w+Loss|preferences\/\w+Loss)\.ts$/

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The sentences of a docstring, and its tags, that name a parameter. */
const namingOf = (name: string, whole: string): readonly string[] =>
  whole
    .split(/(?<=[.:;])\s|\n\n|\n(?=- )/)
    .filter((sentence) => new RegExp(`(?<![\\w.])(?:\\w+\\.)?${escaped(name)}\\b`).test(sentence))

interface Rule {
  readonly says: string
  readonly isBroken: (name: PublicName) => boolean
}

const rules: readonly Rule[] = [
  { says: 'has no docstring', isBroken: ({ text }) => text.trim() === '' },
  {
    says: 'begins with no full sentence',
    isBroken: ({ text }) => text !== '' && !SENTENCE.test(text.split('\n\n')[0]!),
  },
  {
    says: 'does not stand alone',
    isBroken: ({ text }) => /^(?:The same|Likewise|As above|Its |Their |Same )/.test(text),
  },
  {
    says: 'takes tensors and names no shape',
    isBroken: ({ takesTensors, whole }) => takesTensors && !SHAPE.test(whole),
  },
  {
    says: 'throws and has no @throws',
    isBroken: ({ throws, tags }) => throws && !tags.includes('throws'),
  },
  {
    says: 'names no source',
    isBroken: ({ kind, isDistribution, file, whole }) =>
      (kind === 'function' || isDistribution) && WITH_SOURCE.test(file) && !YEAR.test(whole),
  },
]

/** What public names lack in their docstrings: `rl.gae: throws and has no @throws`. */
export const lackingIn = (names: readonly PublicName[]): readonly string[] =>
  names.flatMap((name) => [
    ...rules.filter(({ isBroken }) => isBroken(name)).map(({ says }) => `${name.name}: ${says}`),
    ...name.numbers
      .filter((number) => !namingOf(number, name.whole).some((sentence) => RANGE.test(sentence)))
      .map((number) => `${name.name}: gives no range or unit of ${number}`),
  ])
