import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export const CLI = join(process.cwd(), 'dist/cli/main.js')

/** Runs the built command line as a user does, in that folder. */
export const proximal = async (cwd: string, ...args: readonly string[]): Promise<Ended> => {
  try {
    const ended = await promisify(execFile)(process.execPath, [CLI, ...args], { cwd })
    return { code: 0, ...ended }
  } catch (error) {
    const { code, stdout, stderr } = error as Ended
    return { code, stdout, stderr }
  }
}

/** A folder of its own for a test, and how to be rid of it. */
export const workshop = () => {
  const folder = mkdtempSync(join(tmpdir(), 'proximal-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
