import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { parseStrict } from '../../format/strictJson.ts'
import {
  guarded,
  isName,
  storageError,
  type Storage,
  type StorageError,
  type Stored,
} from './storage.ts'

interface Reader {
  readonly read: () => Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  readonly cancel: () => Promise<void>
}

interface Answer {
  readonly ok: boolean
  readonly status: number
  readonly headers: { readonly get: (name: string) => string | null }
  readonly body: { readonly getReader: () => Reader } | null
}

/** The part of `fetch` that is used. */
export type Fetch = (
  url: string,
  order: {
    readonly method: 'GET' | 'PUT' | 'DELETE'
    readonly headers: Record<string, string>
    readonly body?: ArrayBuffer
  },
) => Promise<Answer>

/** The address that a fetched storage reads from, and the limits of its requests. */
export interface FetchedOptions {
  /** the base address, to which names are appended */
  readonly base: string
  /** maximum bytes of a response, 256 MiB by default */
  readonly limit?: number
  /** headers that every request sends */
  readonly headers?: Readonly<Record<string, string>>
  /** what sends the requests; the global `fetch` by default */
  readonly fetch?: Fetch
}

const LIMIT = 256 * 1024 * 1024
/** What a server answers to what it does not do: not there, not allowed, not implemented. */
const UNSUPPORTED = new Set([404, 405, 501])
const FULL = new Set([413, 507])

const joined = (chunks: readonly Uint8Array[], length: number): Uint8Array => {
  const out = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    out.set(chunk, at)
    at += chunk.length
  }
  return out
}

/** The body of an answer, which is left as soon as it is known to be longer than `limit`. */
const bodyOf = async (name: string, answer: Answer, limit: number): Stored<Uint8Array> => {
  const reader = answer.body?.getReader()
  if (reader === undefined) return E.right(new Uint8Array(0))
  const tooLarge = async (length: number) => {
    await reader.cancel()
    return storageError('large', name, `expected at most ${limit} bytes, got at least ${length}`)
  }
  const announced = Number(answer.headers.get('content-length') ?? 0)
  if (announced > limit) return tooLarge(announced)
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done || value === undefined) return E.right(joined(chunks, length))
    length += value.length
    if (length > limit) return tooLarge(length)
    chunks.push(value)
  }
}

const refused = (kind: StorageError['kind'], name: string, { status }: Answer) =>
  storageError(kind, name, `the server answered with status ${status}`)

const namesOf = (base: string, bytes: Uint8Array): E.Either<StorageError, readonly string[]> =>
  pipe(
    parseStrict(new TextDecoder().decode(bytes), 1),
    E.filterOrElse(
      (u): u is readonly string[] =>
        Array.isArray(u) && u.every((name) => typeof name === 'string' && isName(name)),
      () => 'expected a JSON list of names, got something else',
    ),
    E.bimap(
      (problem): StorageError => ({ kind: 'failed', name: base, problem }),
      (names) => names.toSorted(),
    ),
  )

/**
 * A storage behind a URL: GET, PUT and DELETE of `base/name`. Status 404 means that there is nothing, and
 * every other status outside 200…299 is an error. GET of `base/` returns the names as a JSON list of strings;
 * if the server has no such list, `list` returns Left `unsupported`.
 */
export const fetched = (options: FetchedOptions): Storage => {
  const { limit = LIMIT, headers = {}, fetch = globalThis.fetch } = options
  const base = options.base.endsWith('/') ? options.base : `${options.base}/`
  const ask = async (method: 'GET' | 'PUT' | 'DELETE', name: string, bytes?: Uint8Array) => {
    const answer = await fetch(base + encodeURIComponent(name), {
      method,
      headers: { ...headers },
      ...(bytes === undefined ? {} : { body: new Uint8Array(bytes).buffer }),
    })
    // A body that nobody reads keeps its connection.
    if (method !== 'GET' || !answer.ok) await answer.body?.getReader().cancel()
    return answer
  }
  return guarded({
    read: async (name) => {
      const answer = await ask('GET', name)
      if (answer.status === 404) return E.right(null)
      return answer.ok ? bodyOf(name, answer, limit) : refused('failed', name, answer)
    },
    write: async (name, bytes) => {
      const answer = await ask('PUT', name, bytes)
      if (answer.ok) return E.right(undefined)
      return refused(FULL.has(answer.status) ? 'full' : 'failed', name, answer)
    },
    list: async () => {
      const answer = await ask('GET', '')
      if (!answer.ok)
        return refused(UNSUPPORTED.has(answer.status) ? 'unsupported' : 'failed', base, answer)
      return E.flatMap((bytes: Uint8Array) => namesOf(base, bytes))(
        await bodyOf(base, answer, limit),
      )
    },
    remove: async (name) => {
      const answer = await ask('DELETE', name)
      return answer.ok || answer.status === 404
        ? E.right(undefined)
        : refused('failed', name, answer)
    },
  })
}
