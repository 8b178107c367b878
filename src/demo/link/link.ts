import * as E from 'fp-ts/lib/Either.js'
import { settings as fieldsOf, type Setting } from '../../algo/settings.ts'
import { updatesOf, type PpoConfig } from '../../algo/ppo/config.ts'
import { builtIns, isBuiltInName, type BuiltInName } from '../../builtin/index.ts'
import { checkRunConfig, type RunConfig } from '../../run/config.ts'
import { forkConfig } from '../../run/fork.ts'
import { newRun } from '../../run/newRun.ts'
import { version } from '../../run/version.ts'
import { near } from '../../tensor/nearest.ts'
import { withNearest, type Correction } from './nearest.ts'

/** A run of PPO, which is what the page trains. */
export type PpoRun = RunConfig<'ppo'>

/** What a link says that a run comes to. */
export interface Claim {
  readonly update: number
  /** the link of the hash chain after that update */
  readonly link: string
}

/** What a link cannot mean, and what is taken instead. */
export type LinkProblem =
  | { readonly kind: 'env'; readonly got: string; readonly instead: BuiltInName }
  | { readonly kind: 'seed'; readonly got: string; readonly instead: number }
  | { readonly kind: 'version'; readonly got: string; readonly instead: string }
  | { readonly kind: 'claim'; readonly got: string }
  | { readonly kind: 'fork'; readonly got: string; readonly problem: string }
  | ({ readonly kind: 'setting' } & Correction)

/** A run that a link describes. */
export interface Linked {
  readonly config: PpoRun
  readonly claim: Claim | null
  readonly problems: readonly LinkProblem[]
}

const ofCorrection = ({ path, problem, instead }: Correction): LinkProblem => ({
  kind: 'setting',
  path,
  problem,
  instead,
})

/** A run of a preset. */
export const runOf = (env: BuiltInName, seed: number, settings: PpoConfig): PpoRun =>
  newRun({ algorithm: 'ppo', env, seed, settings, preset: env })

const differences = (from: PpoConfig, to: PpoConfig): readonly Setting[] => {
  const before = new Map(fieldsOf(from))
  return fieldsOf(to).filter(([path, value]) => before.get(path) !== value)
}

const encodeSetting = ([path, value]: Setting): string => `${path}:${value.replaceAll('"', '')}`

const decodeSetting = (text: string): Setting => {
  const at = text.indexOf(':')
  return at < 0 ? [text, 'true'] : [text.slice(0, at), text.slice(at + 1)]
}

const SEPARATOR = ';'

/** A run as the query of a link: environment, seed, what differs from its preset, later changes. */
export const encodeLink = (run: PpoRun, claim: Claim | null): string => {
  const { env, seed, settings, past } = run
  const query = new URLSearchParams({ env, seed: String(seed) })
  const all = [...past.map((segment) => segment.settings), settings]
  const preset = builtIns[env as BuiltInName].preset
  for (const setting of differences(preset, all[0]!)) query.append('set', encodeSetting(setting))
  past.forEach(({ until }, i) => {
    const changes = differences(all[i]!, all[i + 1]!).map(encodeSetting)
    query.append('fork', [String(until), ...changes].join(SEPARATOR))
  })
  if (claim !== null) {
    query.set('at', String(claim.update))
    query.set('hash', claim.link)
  }
  query.set('version', version)
  // Colons and commas need no escape in a fragment, and people read links.
  return query.toString().replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%3B', SEPARATOR)
}

const FIRST: BuiltInName = 'cartpole'
const LARGEST_SEED = 4_294_967_295

const readEnv = (got: string | null): readonly [BuiltInName, readonly LinkProblem[]] => {
  if (got === null) return [FIRST, []]
  if (isBuiltInName(got)) return [got, []]
  const like = near(got, Object.keys(builtIns))
  const instead = like !== null && isBuiltInName(like) ? like : FIRST
  return [instead, [{ kind: 'env', got, instead }]]
}

const readSeed = (got: string | null): readonly [number, readonly LinkProblem[]] => {
  if (got === null) return [1, []]
  const x = Number(got)
  if (/^\d+$/.test(got) && x <= LARGEST_SEED) return [x, []]
  const instead = Number.isFinite(x) ? Math.min(LARGEST_SEED, Math.max(0, Math.round(x))) : 1
  return [instead, [{ kind: 'seed', got, instead }]]
}

const readClaim = (
  query: URLSearchParams,
  updates: number,
): readonly [Claim | null, readonly LinkProblem[]] => {
  const [at, link] = [query.get('at'), query.get('hash')]
  if (at === null && link === null) return [null, []]
  const isClaim =
    at !== null &&
    link !== null &&
    /^\d{1,9}$/.test(at) &&
    Number(at) <= updates &&
    /^[0-9a-f]{64}$/.test(link)
  return isClaim
    ? [{ update: Number(at), link }, []]
    : [null, [{ kind: 'claim', got: `at=${at ?? ''}&hash=${link ?? ''}` }]]
}

const readFork = (run: PpoRun, got: string): readonly [PpoRun, readonly LinkProblem[]] => {
  const [at = '', ...changes] = got.split(SEPARATOR)
  if (!/^\d{1,9}$/.test(at))
    return [run, [{ kind: 'fork', got, problem: 'expected an update, as in fork=20;clip:0.1' }]]
  const { settings, corrections } = withNearest(run.settings, changes.map(decodeSetting))
  const problems = corrections.map(ofCorrection)
  const next = forkConfig(run, Number(at), settings)
  return E.isLeft(next)
    ? [run, [...problems, { kind: 'fork', got, problem: next.left }]]
    : [next.right as PpoRun, problems]
}

/**
 * The run that the query of a link describes. What it cannot mean is replaced by the nearest that it can,
 * and named.
 */
export const decodeLink = (text: string): Linked => {
  const query = new URLSearchParams(text)
  const [env, envProblems] = readEnv(query.get('env'))
  const [seed, seedProblems] = readSeed(query.get('seed'))
  const changes = query.getAll('set').map(decodeSetting)
  const { settings, corrections } = withNearest(builtIns[env].preset, changes)
  const problems: LinkProblem[] = [
    ...envProblems,
    ...seedProblems,
    ...corrections.map(ofCorrection),
  ]
  let run = runOf(env, seed, settings as PpoConfig)
  for (const got of query.getAll('fork')) {
    const [next, more] = readFork(run, got)
    run = next
    problems.push(...more)
  }
  const made = query.get('version')
  if (made !== null && made !== version)
    problems.push({ kind: 'version', got: made, instead: version })
  const checked = checkRunConfig(run)
  if (E.isLeft(checked)) {
    problems.push({ kind: 'fork', got: query.getAll('fork').join(' '), problem: checked.left })
    run = { ...run, past: [] }
  }
  const [claim, claimProblems] = readClaim(query, updatesOf(run.settings))
  return { config: run, claim, problems: [...problems, ...claimProblems] }
}
