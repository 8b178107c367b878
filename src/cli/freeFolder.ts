import * as file from '../run/disk/file.ts'

/** Turns a name into a file name: letters, digits and hyphens only. */
const plainly = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '') || 'run'

/** runs/cartpole-seed1, or the first of its kind that does not exist yet. */
export const freeFolder = (env: string, suffix: string): string => {
  const base = file.join('runs', `${plainly(env)}${suffix}`)
  for (let i = 1; ; i++) {
    const name = i === 1 ? base : `${base}-${i}`
    if (!file.exists(name)) return name
  }
}
