export { corpus, holdOut, type Corpus, type CorpusOptions, type Split } from './corpus.ts'
export { decode, encode, type Sequence } from './encode.ts'
export { readTexts } from './readTexts.ts'
export {
  frequentTokens,
  tokenIds,
  vocabulary,
  type CorpusError,
  type SpecialTokens,
  type TokenKind,
  type Vocabulary,
} from './vocabulary.ts'
