export { fetched, type Fetch, type FetchedOptions } from './fetched.ts'
export { indexedDb, type IndexedDb, type IndexedDbOptions } from './indexedDb.ts'
export { memory } from './memory.ts'
export {
  describeStorageError,
  guarded,
  isName,
  type Storage,
  type StorageError,
  type Stored,
} from './storage.ts'
