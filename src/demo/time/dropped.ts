import type { FileList as Files } from './handlers.ts'

/** Nothing that is larger is a file of a run that a page verifies. */
const LARGEST = 64 * 1024 * 1024

const read = async (file: File): Promise<Files[number] | null> =>
  file.size > LARGEST ? null : { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }

/** The files of an input or of a drop, without those that are too large to be of a run. */
export const readFiles = async (files: Iterable<File>): Promise<Files> => {
  const all = await Promise.all([...files].map(read))
  return all.filter((file) => file !== null)
}

const entriesOf = (folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> =>
  new Promise((resolve, reject) => {
    folder.createReader().readEntries(resolve, reject)
  })

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => {
    entry.file(resolve, reject)
  })

/** The files that were dropped, or those of a folder that was, without its inner folders. */
export const droppedFiles = async ({ items, files }: DataTransfer): Promise<Files> => {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((e) => e !== null)
  const [first] = entries
  if (entries.length !== 1 || first === undefined || !first.isDirectory) return readFiles(files)
  const inside = await entriesOf(first as FileSystemDirectoryEntry)
  const found = inside.filter((entry) => entry.isFile)
  return readFiles(await Promise.all(found.map((entry) => fileOf(entry as FileSystemFileEntry))))
}
