import type { Picture } from '../picture/picture.ts'
import { builtInOf, builtIns, type BuiltInName } from './index.ts'

/** The drawing of each built-in environment, by its name: a function of a state to a picture. */
export const drawings = Object.fromEntries(
  Object.entries(builtIns).map(([name, { draw }]) => [name, draw]),
) as { readonly [Name in BuiltInName]: (typeof builtIns)[Name]['draw'] }

/** The drawing of that environment, for callers that need not know the type of its states. */
export const drawingOf = (name: BuiltInName): ((state: unknown) => Picture) => builtInOf(name).draw
