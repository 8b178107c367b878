/** A preset as a file: `train --preset ./tuned.json` starts a run with it. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AlgorithmName, Settings } from '../algo/algorithm.ts'
import { anything, fields, literal } from '../algo/codec.ts'
import { describeMistakes } from '../algo/mistake.ts'
import { parseJson } from '../format/json.ts'
import { checkSettings, readAlgorithm } from './config.ts'

/** The contents of a preset file. */
export interface PresetFile {
  readonly algorithm: AlgorithmName
  /** the whole config of the algorithm */
  readonly settings: Settings
}

const FORMAT = 'proximal preset 1'

const outline = fields(
  { format: literal(FORMAT), algorithm: anything, settings: anything },
  `an object of format (${JSON.stringify(FORMAT)}), algorithm and settings`,
)

export const encodePreset = ({ algorithm, settings }: PresetFile): string =>
  `${JSON.stringify({ format: FORMAT, algorithm, settings }, null, 2)}\n`

/** The preset of a file, or everything that is wrong with it, in a line. */
export const decodePreset = (bytes: Uint8Array): E.Either<string, PresetFile> =>
  pipe(
    parseJson(bytes, 'expected a preset in JSON, got something else'),
    E.flatMap((json) => pipe(outline.decode(json), E.mapLeft(describeMistakes))),
    E.flatMap(({ algorithm: name, settings: given }) =>
      pipe(
        readAlgorithm(name),
        E.flatMap((algorithm) =>
          pipe(
            checkSettings(algorithm, given),
            E.map((settings) => ({ algorithm, settings })),
          ),
        ),
      ),
    ),
  )
