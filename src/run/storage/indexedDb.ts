import * as E from 'fp-ts/lib/Either.js'
import { guarded, storageError, type Storage, type StorageError, type Stored } from './storage.ts'

interface Target<Event extends string> {
  readonly addEventListener: (event: Event, listener: () => void) => void
}

interface Request<A> {
  readonly result: A
  readonly error: unknown
}

type OpenRequest = Request<Database> & Target<'success' | 'error' | 'blocked' | 'upgradeneeded'>

interface Store {
  readonly get: (key: string) => Request<unknown>
  readonly put: (value: Uint8Array, key: string) => Request<unknown>
  readonly delete: (key: string) => Request<unknown>
  readonly getAllKeys: () => Request<readonly unknown[]>
}

interface Transaction extends Target<'complete' | 'abort'> {
  readonly error: unknown
  readonly objectStore: (name: string) => Store
}

interface Database extends Target<'versionchange'> {
  readonly createObjectStore: (name: string) => unknown
  readonly transaction: (
    store: string,
    mode: 'readonly' | 'readwrite',
    options: { readonly durability: 'strict' },
  ) => Transaction
  readonly close: () => void
}

/** The part of `indexedDB` that is used. */
export interface IndexedDb {
  readonly open: (name: string, version: number) => OpenRequest
}

/** The name of the database, and the IndexedDB that holds it. */
export interface IndexedDbOptions {
  /** of the database, `proximal` by default */
  readonly database?: string
  /** the IndexedDB to use; the global one by default */
  readonly indexedDB?: IndexedDb | undefined
}

const STORE = 'bytes'

const errorOf = (name: string, error: unknown): StorageError => ({
  kind:
    error instanceof Object && 'name' in error && error.name === 'QuotaExceededError'
      ? 'full'
      : 'failed',
  name,
  problem: String(error),
})

const opened = (factory: IndexedDb, name: string): Stored<Database> =>
  new Promise((resolve) => {
    const request = factory.open(name, 1)
    let blocked = false
    request.addEventListener('upgradeneeded', () => {
      request.result.createObjectStore(STORE)
    })
    request.addEventListener('blocked', () => {
      blocked = true
      resolve(storageError('blocked', name, 'another page has the database open: close it'))
    })
    request.addEventListener('error', () => resolve(E.left(errorOf(name, request.error))))
    request.addEventListener('success', () => {
      const database = request.result
      // Nobody waits for it any more.
      if (blocked) database.close()
      database.addEventListener('versionchange', database.close.bind(database))
      resolve(E.right(database))
    })
  })

/** What a request gave, once its transaction is complete, which is when it lasts. */
const completed = <A>(
  name: string,
  database: Database,
  mode: 'readonly' | 'readwrite',
  order: (store: Store) => Request<A>,
): Stored<A> =>
  new Promise((resolve) => {
    const transaction = database.transaction(STORE, mode, { durability: 'strict' })
    const request = order(transaction.objectStore(STORE))
    transaction.addEventListener('complete', () => resolve(E.right(request.result)))
    transaction.addEventListener('abort', () => resolve(E.left(errorOf(name, transaction.error))))
  })

/**
 * A storage in a browser's IndexedDB, in one object store. A write that succeeded is on disk if the browser
 * honours `durability: 'strict'`. The database is open only while it is in use.
 */
export const indexedDb = (options: IndexedDbOptions = {}): Storage => {
  const { database: title = 'proximal' } = options
  const factory = options.indexedDB ?? (globalThis as { readonly indexedDB?: IndexedDb }).indexedDB
  const ask = async <A>(
    name: string,
    mode: 'readonly' | 'readwrite',
    order: (store: Store) => Request<A>,
  ): Stored<A> => {
    if (factory === undefined)
      return storageError('unsupported', title, 'expected indexedDB, got none')
    const database = await opened(factory, title)
    if (E.isLeft(database)) return database
    try {
      return await completed(name, database.right, mode, order)
    } finally {
      database.right.close()
    }
  }
  const nothing = E.map(() => undefined)
  return guarded({
    read: async (name) =>
      E.flatMap((found: unknown) => {
        if (found === undefined) return E.right(null)
        return found instanceof Uint8Array
          ? E.right(found)
          : storageError('failed', name, 'expected bytes, found something else')
      })(await ask(name, 'readonly', (store) => store.get(name))),
    write: async (name, bytes) =>
      nothing(await ask(name, 'readwrite', (store) => store.put(bytes, name))),
    list: async () =>
      E.map((keys: readonly unknown[]) => keys.map(String).toSorted())(
        await ask(title, 'readonly', (store) => store.getAllKeys()),
      ),
    remove: async (name) => nothing(await ask(name, 'readwrite', (store) => store.delete(name))),
  })
}
