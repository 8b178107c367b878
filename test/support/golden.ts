import { readFileSync } from 'node:fs'

/** The numbers of test/golden/`name`.json, whose `source` says where they are from. */
export const golden = <T>(name: string): T => {
  const url = new URL(`../golden/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8')) as T
}
