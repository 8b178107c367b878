import { posix } from 'node:path'
import type { Disk } from '../../src/run/disk/disk.ts'

interface Inode {
  /** what a reader sees now */
  content: Uint8Array
  /** what is on the disk for certain */
  synced: Uint8Array
}

type Entries = Map<string, Inode>

/** What befalls a disk. */
export interface Fate {
  /** The first call that fails, counted from 1; none unless told. */
  readonly at?: number
  /** Whether only that call fails, or all from there on; a cut of power is all of them. */
  readonly lasting?: boolean
  /** The code of the failure. */
  readonly code?: string
  /** The most bytes that one write takes. */
  readonly largestWrite?: number
}

/** What a loss of power leaves of what was not synced: a disk may have written it or not. */
export interface Remains {
  /** names made, renamed and removed since their folder was synced */
  readonly entries: boolean
  /** bytes written since their file was synced */
  readonly contents: 'none' | 'half' | 'all'
}

export interface FakeDisk extends Disk {
  /** How many calls there were since the last `befall`. */
  readonly calls: () => number
  readonly befall: (fate: Fate) => void
  readonly cutPower: (remains: Remains) => void
  readonly openFiles: () => number
  /** The disk as it is, for each of several ends to start from. */
  readonly copy: () => FakeDisk
}

const failure = (code: string): Error => Object.assign(new Error(code), { code })

const copyEntries = (entries: Entries, seen: Map<Inode, Inode>): Entries =>
  new Map(
    [...entries].map(([name, inode]) => {
      if (!seen.has(inode)) seen.set(inode, { ...inode })
      return [name, seen.get(inode)!]
    }),
  )

/**
 * A file system in memory, whose folders and files forget at a loss of power what was not synced.
 * Folders themselves last. Every call that can fail is counted, and fails when it is its turn.
 */
export const fakeDisk = (
  folders: readonly string[],
  entries: Entries = new Map(),
  durable: Entries = new Map(),
): FakeDisk => {
  const made = new Set(folders)
  const descriptors = new Map<number, { readonly path: string; readonly inode: Inode | null }>()
  let now = entries
  let fate: Fate = {}
  let calls = 0
  let last = 2

  const turn = (): void => {
    calls += 1
    const { at = Infinity, lasting = false, code = 'EIO' } = fate
    if (calls === at || (lasting && calls > at)) throw failure(code)
  }
  const needFolder = (path: string): void => {
    if (!made.has(posix.dirname(path))) throw failure('ENOENT')
  }
  const inodeAt = (path: string): Inode => {
    if (made.has(path)) throw failure('EISDIR')
    const inode = now.get(path)
    if (inode === undefined) throw failure('ENOENT')
    return inode
  }
  const opened = (file: number): Inode => {
    const inode = descriptors.get(file)?.inode
    if (!inode) throw failure('EBADF')
    return inode
  }

  return {
    process: 7,
    syncsFolders: true,
    open: (path, flags) => {
      turn()
      needFolder(path)
      if (flags === 'wx' && (made.has(path) || now.has(path))) throw failure('EEXIST')
      if (flags === 'wx' || (flags === 'a' && !now.has(path)))
        now.set(path, { content: new Uint8Array(0), synced: new Uint8Array(0) })
      last += 1
      descriptors.set(last, {
        path,
        inode: flags === 'r' && made.has(path) ? null : inodeAt(path),
      })
      return last
    },
    write: (file, bytes, from) => {
      turn()
      const inode = opened(file)
      const part = bytes.slice(from, from + (fate.largestWrite ?? Infinity))
      const content = new Uint8Array(inode.content.length + part.length)
      content.set(inode.content)
      content.set(part, inode.content.length)
      inode.content = content
      return part.length
    },
    sync: (file) => {
      turn()
      const { path, inode } = descriptors.get(file)!
      if (inode !== null) {
        inode.synced = inode.content
        return
      }
      for (const name of new Set([...now.keys(), ...durable.keys()])) {
        if (posix.dirname(name) !== path) continue
        if (now.has(name)) durable.set(name, now.get(name)!)
        else durable.delete(name)
      }
    },
    close: (file) => {
      // The descriptor is gone whether or not closing succeeds.
      if (!descriptors.delete(file)) throw failure('EBADF')
      turn()
    },
    size: (file) => {
      turn()
      return opened(file).content.length
    },
    truncate: (file, length) => {
      turn()
      const inode = opened(file)
      inode.content = inode.content.slice(0, length)
    },
    rename: (from, to) => {
      turn()
      if (made.has(to)) throw failure('EISDIR')
      needFolder(to)
      now.set(to, inodeAt(from))
      now.delete(from)
    },
    remove: (path) => {
      turn()
      inodeAt(path)
      now.delete(path)
    },
    read: (path) => {
      turn()
      return inodeAt(path).content.slice()
    },
    readAt: (file, into, at) => {
      turn()
      const part = opened(file).content.subarray(at, at + into.length)
      into.set(part)
      return part.length
    },
    list: (path) => {
      turn()
      if (!made.has(path)) throw failure('ENOENT')
      return [...now.keys(), ...made]
        .filter((name) => name !== '/')
        .filter((name) => posix.dirname(name) === path)
        .map((name) => posix.basename(name))
    },
    head: (path, count) => {
      turn()
      return inodeAt(path).content.slice(0, count)
    },
    kind: (path) => (made.has(path) ? 'folder' : now.has(path) ? 'file' : 'nothing'),
    makeFolder: (path) => {
      turn()
      needFolder(path)
      if (made.has(path) || now.has(path)) throw failure('EEXIST')
      made.add(path)
    },
    exists: (path) => made.has(path) || now.has(path),
    calls: () => calls,
    befall: (next) => {
      fate = next
      calls = 0
    },
    cutPower: ({ entries, contents }) => {
      const inodes = new Set([...now.values(), ...durable.values()])
      if (!entries) now = new Map(durable)
      for (const inode of inodes) {
        if (contents === 'none') inode.content = inode.synced
        if (contents === 'half' && inode.content !== inode.synced)
          inode.content = inode.content.slice(0, inode.content.length >> 1)
        inode.synced = inode.content
      }
      descriptors.clear()
      fate = {}
    },
    openFiles: () => descriptors.size,
    copy: () => {
      const seen = new Map<Inode, Inode>()
      const copied = copyEntries(now, seen)
      return fakeDisk([...made], copied, copyEntries(durable, seen))
    },
  }
}
