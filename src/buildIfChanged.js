/**
 * Builds the package unless it was built from what is there: `npm run proximal`. The stamp is the SHA-256
 * of all that a build reads.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const STAMP = join(ROOT, '.build/stamp')

const stamp = () => {
  const hash = createHash('sha256')
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
  const files = ['package.json', 'package-lock.json', 'tsconfig.json'].map((file) =>
    join(ROOT, file),
  )
  for (const file of [...files, ...sources]) hash.update(`${file}\n`).update(readFileSync(file))
  return hash.digest('hex')
}

const isBuilt = () =>
  existsSync(join(ROOT, 'dist/cli/main.js')) === true &&
  existsSync(STAMP) === true &&
  readFileSync(STAMP, 'utf8') === stamp()

if (!isBuilt()) {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit' })
  mkdirSync(join(ROOT, '.build'), { recursive: true })
  // The build itself writes the compiled kernels.
  writeFileSync(STAMP, stamp())
}
