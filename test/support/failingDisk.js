/**
 * To be imported before the command line (`node --import`): a disk on which calls fail. FAIL says
 * which, as JSON: { call: 'rename' | 'write', of: a part of the file's path, from, to }, the calls
 * of that kind counted from 1. A write that fails writes half of its bytes before.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** @type {{ call: string, of: string, from: number, to: number }} */
const { call, of, from, to } = JSON.parse(process.env.FAIL ?? '')
const { openSync, renameSync, writeSync } = fs
/** @type {Map<number, string>} */
const paths = new Map()
let count = 0

/** @type {(kind: string, path: string) => boolean} */
const isItsTurn = (kind, path) => {
  if (call !== kind || !path.includes(of)) return false
  count += 1
  return count >= from && count <= to
}

const full = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })

fs.openSync = (path, ...rest) => {
  const file = openSync(path, ...rest)
  paths.set(file, String(path))
  return file
}
fs.renameSync = (before, after) => {
  if (isItsTurn('rename', String(after))) throw full()
  renameSync(before, after)
}
fs.writeSync = (file, bytes, at, length) => {
  if (!isItsTurn('write', paths.get(file) ?? '')) return writeSync(file, bytes, at, length)
  writeSync(file, bytes, at, length >> 1)
  throw full()
}
syncBuiltinESMExports()
