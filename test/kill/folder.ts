import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** How far a run was when it was killed, as its folder tells. */
export const phases = [
  'before the run was there',
  'before the first checkpoint',
  'between checkpoints',
  'in the middle of a file',
  'after the end',
] as const

export type Phase = (typeof phases)[number]

const MOST_CHECKPOINTS = 3
const isLeftover = (name: string): boolean => name.endsWith('.tmp')

const namesIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).toSorted() : []

const checkpointsOf = (run: string): readonly string[] => namesIn(join(run, 'checkpoints'))

export const isRun = (run: string): boolean => existsSync(join(run, 'config.json'))

export const phaseOf = (run: string): Phase => {
  if (!isRun(run)) return 'before the run was there'
  if ([...namesIn(run), ...checkpointsOf(run)].some(isLeftover)) return 'in the middle of a file'
  if (existsSync(join(run, 'replay.json'))) return 'after the end'
  return checkpointsOf(run).length === 0 ? 'before the first checkpoint' : 'between checkpoints'
}

/** Where a run that was killed is not, byte for byte, the one that was not. */
export const differences = (run: string, uninterrupted: string): readonly string[] => {
  const found: string[] = []
  const expectSame = (path: string, other = path): void => {
    if (!readFileSync(join(run, path)).equals(readFileSync(join(uninterrupted, other))))
      found.push(`${path} is another`)
  }
  const [names, expected] = [namesIn(run), namesIn(uninterrupted)]
  if (names.join() !== expected.join())
    found.push(`expected ${expected.join()}, got ${names.join()}`)
  for (const name of expected) if (name !== 'checkpoints' && names.includes(name)) expectSame(name)
  const kept = checkpointsOf(run)
  if (kept.some(isLeftover)) found.push(`checkpoints: ${kept.filter(isLeftover).join()}`)
  if (kept.length > MOST_CHECKPOINTS) found.push(`checkpoints: ${kept.join()}`)
  const last = kept.findLast((name) => !isLeftover(name))
  const expectedLast = checkpointsOf(uninterrupted).at(-1)!
  if (last !== expectedLast) found.push(`checkpoints: expected ${expectedLast} last, got ${last}`)
  else expectSame(join('checkpoints', last))
  return found
}
