import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as file from '../../run/disk/file.ts'
import { bestOptions, opening } from '../best.ts'
import { budgetOptions, parseBudget } from '../budget.ts'
import { defineCommand } from '../command.ts'
import { openConsole } from '../console.ts'
import { environmentOf, environmentOptions } from '../environment.ts'
import { formatNames, formatOf, type Content, type Files } from '../exportFormats.ts'
import { fromFile, type Problem } from '../problem.ts'
import { wrap } from '../text.ts'
import { sayUnfinished, unfinishedOf } from '../unfinished.ts'

/** All of the files or, where one of them is there already, none. */
const written = (folder: string, files: Files): E.Either<Problem, readonly string[]> => {
  const paths = Object.keys(files).map((name) => file.join(folder, name))
  const taken = paths.find(file.exists)
  if (taken !== undefined)
    return E.left(
      `${taken}: already exists and was not overwritten: choose another folder with --out`,
    )
  return pipe(
    file.isFolder(folder) ? E.right(undefined) : file.createFolder(folder),
    E.flatMap(() =>
      E.traverseArray(([name, content]: readonly [string, Content]) =>
        file.writeNew(file.join(folder, name), content),
      )(Object.entries(files)),
    ),
    fromFile,
    E.map(() => paths),
  )
}

/** The default export folder inside the run; a link that leads out of the run is refused. */
const ownFolder = (run: string): E.Either<Problem, string> => {
  const out = file.join(run, 'export')
  return pipe(
    fromFile(file.isRealFolder(out)),
    E.map(() => out),
  )
}

/** Writes a run in another format. */
export const command = defineCommand({
  name: 'export',
  example: 'proximal export runs/cartpole-seed1 --to onnx',
  usage: `  proximal export <run>   write a run in a format that other tools read
    --to FORMAT           ${wrap(formatNames.join(', '), 100, 26)}
    --out DIR             folder for the files, which must not exist yet (<run>/export)
    --best, --budget BUDGET, --json
`,
  options: {
    to: { type: 'string' },
    out: { type: 'string' },
    json: { type: 'boolean' },
    ...bestOptions,
    ...budgetOptions,
    ...environmentOptions,
  },
  positionals: () => ['<run>'],
  run: ({ values, names: [folder = ''] }, streams) => {
    const screen = openConsole(streams, values.json)
    return pipe(
      E.right(values.out),
      E.filterOrElse(
        (out) => out !== '',
        (): Problem => '--out: expected the name of a folder, got "": name one or leave it out',
      ),
      E.bindTo('given'),
      E.bind('budget', () => parseBudget(values.budget)),
      E.bind('format', () => formatOf(values.to)),
      E.bind('stored', () => fromFile(opening(values.best)(folder))),
      E.bind('out', ({ given }) => (given === undefined ? ownFolder(folder) : E.right(given))),
      TE.fromEither,
      TE.bind('environment', ({ stored }) =>
        // Only some formats need the environment; they report that it is missing.
        TE.fromTask(environmentOf(stored.config, values, screen)),
      ),
      TE.tapEither(({ environment }) =>
        values.env === undefined ? E.right(undefined) : environment,
      ),
      TE.bind('exported', ({ stored, environment, budget, format }) =>
        TE.fromEither(
          format({
            stored,
            folder,
            budget,
            env: pipe(
              environment,
              E.map(({ env }) => env),
            ),
          }),
        ),
      ),
      TE.bind('paths', ({ out, exported }) => TE.fromEither(written(out, exported.files))),
      TE.map(({ stored, exported: { warnings }, paths }) => {
        sayUnfinished(screen, stored)
        for (const path of paths) screen.say(`wrote  ${path}`)
        for (const warning of warnings) screen.warn(`warning: ${warning}`)
        screen.result(() => ({
          run: folder,
          to: values.to,
          files: paths,
          ...(warnings.length === 0 ? {} : { warnings }),
          ...unfinishedOf(stored),
        }))
        return 0
      }),
    )
  },
})
