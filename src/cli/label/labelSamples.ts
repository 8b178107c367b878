import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { groupsOf, setName } from '../../rlhf/comparison.ts'
import { decodeLabels, encodeLabel, type Label } from '../../rlhf/comparisonFile.ts'
import { decode, type Sequence } from '../../rlhf/encode.ts'
import type { Vocabulary } from '../../rlhf/vocabulary.ts'
import { samplesIn } from '../../run/rlhf/pipelineFolder.ts'
import { excerpt } from '../../tensor/printable.ts'
import { grouped, type Console } from '../console.ts'
import type { Streams } from '../output.ts'
import { fromFile, type Problem } from '../problem.ts'
import type { LabelFile } from './labelFile.ts'
import { askOn, type Asked } from './labelSession.ts'

/** A pair of samples and their label. */
const labelOf = (
  [first, second]: readonly Sequence[],
  what: Parameters<Asked['store']>[1],
): Label => {
  const responses = what === 'second' ? [second!, first!] : [first!, second!]
  return { kind: what === 'undo' ? 'undone' : what === 'neither' ? 'tied' : 'ranked', responses }
}

/** The pairs that are to be judged, and where their labels go. */
const askedOf = (
  vocabulary: Vocabulary,
  pairs: ReadonlyArray<readonly Sequence[]>,
  { append }: LabelFile,
): Asked => {
  const write = decode(vocabulary)
  const encode = encodeLabel(vocabulary)
  return {
    pairs: pairs.length,
    lines: (at, columns) =>
      pairs[at]!.map((response, i) => `  ${i + 1}  ${excerpt(write(response), 4 * columns)}`),
    store: (at, what) => append(encode(labelOf(pairs[at]!, what))),
  }
}

/** Asks about pairs of samples of a run of `rlhf`. */
export const labelSamples = (
  folder: string,
  path: string,
  labels: LabelFile,
  { stdin }: Streams,
  screen: Console,
): TE.TaskEither<Problem, number> =>
  pipe(
    TE.fromEither(fromFile(samplesIn(folder))),
    TE.bind('given', ({ vocabulary, samples }) =>
      TE.fromEither(
        pipe(
          decodeLabels(vocabulary, samples)(labels.lines),
          E.mapLeft(
            ({ problem }): Problem =>
              `${path}: ${problem}: correct the line, or name another file with --out`,
          ),
        ),
      ),
    ),
    TE.flatMap(({ vocabulary, samples, given }) => {
      const judged = new Set(given.map(({ responses }) => setName(responses)))
      const pairs = groupsOf(2, samples).filter((pair) => !judged.has(setName(pair)))
      if (given.length > 0)
        screen.say(
          `${path} has ${grouped(given.length)} ${given.length === 1 ? 'label' : 'labels'}; ${grouped(pairs.length)} pairs are left`,
        )
      return pipe(
        () => askOn(screen.stream, stdin, askedOf(vocabulary, pairs, labels)),
        TE.map(({ count, code }) => {
          const all = given.length + count
          screen.say(`${grouped(count)} new ${count === 1 ? 'label' : 'labels'} in ${path}`)
          if (all > 0)
            screen.say(
              `learn from them: proximal rlhf --from ${folder} --comparisons ${path} --out ${folder.replace(/(?<=.)\/+$/, '')}-labelled`,
            )
          screen.result(() => ({ run: folder, file: path, labels: all, added: count }))
          return code
        }),
      )
    }),
  )
