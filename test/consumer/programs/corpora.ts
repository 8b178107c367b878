import type { Either } from 'fp-ts/lib/Either.js'
import { rlhf } from 'proximal'
import { firstNames, type FirstNames } from 'proximal/corpora'
import { check, sure, type Same } from './same.js'

const names = await firstNames()
sure<Same<typeof names, Either<rlhf.CorpusError, FirstNames>>>()
// The packages that have the names are optional.
check(
  'there are names, or what is missing is said',
  names._tag === 'Right' ? names.right.all.length === 8403 : names.left.kind === 'missing',
)
if (names._tag === 'Right') {
  const read = rlhf.corpus(names.right.all)
  check('all can be read', read._tag === 'Right' && read.right.sequences.length === 8403)
}
