import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as file from '../../run/disk/file.ts'
import { openRun } from '../../run/folder/openRun.ts'
import { isPipeline, PIPELINE_FILES } from '../../run/rlhf/pipelineFolder.ts'
import { bracket } from '../bracket.ts'
import { budgetOptions } from '../budget.ts'
import { defineCommand } from '../command.ts'
import { openConsole } from '../console.ts'
import { environmentOptions } from '../environment.ts'
import { labelClips } from '../label/labelClips.ts'
import { openLabelFile } from '../label/labelFile.ts'
import { labelSamples } from '../label/labelSamples.ts'
import { fromFile } from '../problem.ts'

/** Options about the environment of a run of `train`. */
const clipOptions = { ...environmentOptions, ...budgetOptions } as const

/**
 * Shows pairs of samples of a run of `rlhf`, or of clips of a run of `train`, and stores which one is better
 * as lines of JSON, to which `rlhf` and `preferences` fit reward models.
 */
export const command = defineCommand({
  name: 'label',
  example: 'proximal label runs/pendulum-seed1 --out labels.jsonl',
  usage: `  proximal label <run>    choose the better of two samples of an rlhf run, or of two clips of the
                          policy of any other run, with the keyboard
    --out FILE            file for the labels, each written at once; an existing file is
                          continued (labels.jsonl in the run folder)
    --budget BUDGET, --json
`,
  options: { out: { type: 'string' }, json: { type: 'boolean' }, ...clipOptions },
  positionals: () => ['<run>'],
  run: ({ values, names: [folder = ''] }, streams) => {
    const screen = openConsole(streams, values.json)
    const path = values.out ?? file.join(folder, PIPELINE_FILES.labels)
    const isText = isPipeline(folder)
    const other = Object.keys(clipOptions).find((name) => name in values)
    if (isText && other !== undefined)
      return TE.left(
        `--${other}: expected only for a run of proximal train, got it for an rlhf run: leave it out`,
      )
    if (path === '') return TE.left('--out: expected the name of a file, got "": name one')
    if (!screen.stream.isTTY || !streams.stdin.isTTY)
      return TE.left(
        `label: expected a terminal with a keyboard, got none: run it in one${isText ? `, or write lines of {"ranked":["better","worse"]} about the texts in ${file.join(folder, 'samples.jsonl')} yourself and pass them to proximal rlhf --from ${folder} --comparisons FILE` : ''}`,
      )
    const ask = isText
      ? E.right(labelSamples)
      : pipe(fromFile(openRun(folder)), E.map(labelClips(values)))
    // Nothing is written into a folder that is not a run.
    if (E.isLeft(ask)) return TE.left(ask.left)
    return bracket(
      () => Promise.resolve(openLabelFile(path)),
      (labels) => ask.right(folder, path, labels, streams, screen),
      (labels) => labels.close(),
    )
  },
})
