import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { command as replay } from '../../../src/cli/command/replay.ts'
import { command as train } from '../../../src/cli/command/train.ts'

/** Where a case happens: the run that is mutated, what must not change, and what commands write. */
export interface Place {
  readonly root: string
  readonly run: string
  readonly outside: string
  readonly out: string
}

export const placeIn = (root: string): Place => ({
  root,
  run: join(root, 'run'),
  outside: join(root, 'outside'),
  out: join(root, 'out'),
})

const SMALL =
  '--preset cleanrl --set envs=2 --set steps=8 --set minibatches=1 --set hidden=[3] --threads 1'.split(
    ' ',
  )

/** Runs of different kinds, whole ones and one that was ended in the middle, by name. */
export const makeRuns = async (folder: string): Promise<readonly string[]> => {
  mkdirSync(folder, { recursive: true })
  const at = (name: string): string => join(folder, name)
  const made = async (name: string, args: readonly string[]): Promise<string> => {
    const ended = await train.run(
      [...args, ...SMALL, '--steps', '64', '--checkpoint-every', '1', '--out', at(name)],
      process,
    )()
    if (E.isLeft(ended)) throw new Error(ended.left)
    return name
  }
  const names = [
    await made('cartpole', ['cartpole']),
    await made('pendulum', [
      'pendulum',
      '--set',
      'normalise.observation=true',
      '--set',
      'normalise.reward=true',
    ]),
  ]
  cpSync(at('cartpole'), at('ended'), { recursive: true })
  for (const name of ['replay.json', 'params.safetensors']) rmSync(join(at('ended'), name))
  const certified = await replay.run(
    [at('cartpole'), '--certificate', at('certificate.json')],
    process,
  )()
  if (E.isLeft(certified)) throw new Error(certified.left)
  return [...names, 'ended']
}

/** What lies beside a run and is nobody's business. */
export const makeOutside = ({ outside }: Place, runs: string): void => {
  mkdirSync(join(outside, 'folder'), { recursive: true })
  writeFileSync(join(outside, 'precious.txt'), 'precious\n')
  writeFileSync(join(outside, 'lock'), 'mine\n')
  writeFileSync(join(outside, 'folder', '00000001.safetensors'), 'old\n')
  writeFileSync(join(outside, 'folder', '00000999.safetensors'), 'old\n')
  writeFileSync(join(outside, 'folder', '.proximal-1-0.tmp'), 'left\n')
  cpSync(join(runs, 'cartpole'), join(outside, 'run'), { recursive: true })
}

/** Everything below a folder, as names, sizes and bytes. */
export const contentOf = (folder: string): string => {
  const lines: string[] = []
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const path = join(folder, name)
    const stat = statSync(path)
    lines.push(`${name} ${stat.mode} ${stat.isFile() ? readFileSync(path, 'base64') : 'folder'}`)
  }
  return lines.join('\n')
}
