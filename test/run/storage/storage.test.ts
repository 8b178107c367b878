import * as E from 'fp-ts/lib/Either.js'
import { indexedDB as fake } from 'fake-indexeddb'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fetched } from '../../../src/run/storage/fetched.ts'
import { files } from '../../../src/run/storage/files.ts'
import { indexedDb, type IndexedDb } from '../../../src/run/storage/indexedDb.ts'
import { memory } from '../../../src/run/storage/memory.ts'
import { storageLaws } from '../../law/storage.ts'

const factory = fake as unknown as IndexedDb
const folder = mkdtempSync(join(tmpdir(), 'storage-'))
let count = 0
const next = (): string => {
  count += 1
  return `s${count}`
}

const held = new Map<string, Uint8Array>()
const answer: RequestListener = (request, response) => {
  const [, place = '', name = ''] = request.url!.split('/')
  const key = `${place}/${decodeURIComponent(name)}`
  const end = (status: number, body?: Uint8Array | string) => response.writeHead(status).end(body)
  if (place.startsWith('status')) return end(Number(place.slice(6)), 'no')
  if (place === 'stream') {
    response.writeHead(200)
    response.write('123')
    return response.end('456')
  }
  if (request.method === 'DELETE') return end(held.delete(key) ? 204 : 404)
  if (request.method === 'PUT')
    return void request.toArray().then((parts) => {
      held.set(key, Buffer.concat(parts as Buffer[]))
      end(201)
    })
  if (name === '')
    return end(
      200,
      JSON.stringify(
        [...held.keys()].filter((x) => x.startsWith(key)).map((x) => x.slice(key.length)),
      ),
    )
  return held.has(key) ? end(200, held.get(key)) : end(404)
}
const server = createServer(answer)
let origin = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

storageLaws('memory', async () => memory())
storageLaws('file', async () => files(join(folder, next())))
storageLaws('fetched', async () => fetched({ base: `${origin}/${next()}` }))
storageLaws('IndexedDB', async () => indexedDb({ database: next(), indexedDB: factory }))

describe('fetched storage', () => {
  const at = (place: string, limit?: number) =>
    fetched({ base: `${origin}/${place}/`, ...(limit === undefined ? {} : { limit }) })

  test.each([404, 405, 501])('has no list where the server says %i', async (status) => {
    expect(await at(`status${status}`).list()).toMatchObject({ left: { kind: 'unsupported' } })
  })

  test('names the status of a refusal', async () => {
    const refusal = { left: { kind: 'failed', problem: expect.stringContaining('500') as string } }
    const storage = at('status500')
    expect(await storage.read('a')).toMatchObject(refusal)
    expect(await storage.write('a', new Uint8Array(1))).toMatchObject(refusal)
    expect(await storage.remove('a')).toMatchObject(refusal)
    expect(await storage.list()).toMatchObject(refusal)
    expect(await at('status507').write('a', new Uint8Array(1))).toMatchObject({
      left: { kind: 'full' },
    })
  })

  test('reads up to the limit, announced or streamed', async () => {
    const place = next()
    await at(place).write('a', new Uint8Array(6))
    for (const where of [place, 'stream']) {
      expect((await at(where, 6).read('a'))._tag).toBe('Right')
      expect(await at(where, 5).read('a')).toMatchObject({ left: { kind: 'large', name: 'a' } })
    }
  })

  test('that gets no response is an error', async () => {
    expect(await fetched({ base: 'http://127.0.0.1:1' }).read('a')).toMatchObject({
      left: { kind: 'failed' },
    })
  })
})

describe('IndexedDB storage', () => {
  test('that is not here is an error', async () => {
    expect(await indexedDb().read('a')).toMatchObject({ left: { kind: 'unsupported' } })
  })

  test('without room says so', async () => {
    const abort = {
      error: { name: 'QuotaExceededError' },
      objectStore: () => ({ put: () => ({}) }),
      addEventListener: (event: string, f: () => void) => event === 'abort' && f(),
    }
    let closed = 0
    const open = () => ({
      result: {
        transaction: () => abort,
        close: () => (closed += 1),
        addEventListener: () => {},
      },
      addEventListener: (event: string, f: () => void) => event === 'success' && queueMicrotask(f),
    })
    const storage = indexedDb({ indexedDB: { open } as unknown as IndexedDb })
    expect(await storage.write('a', new Uint8Array(1))).toMatchObject({ left: { kind: 'full' } })
    expect(closed).toBe(1)
  })

  test('that somebody holds says so', async () => {
    const open = () => ({
      addEventListener: (event: string, f: () => void) => event === 'blocked' && queueMicrotask(f),
    })
    const storage = indexedDb({ indexedDB: { open } as unknown as IndexedDb })
    expect(await storage.list()).toMatchObject({ left: { kind: 'blocked' } })
  })

  test('keeps the bytes for the next one that opens it', async () => {
    const database = next()
    await indexedDb({ database, indexedDB: factory }).write('a', Uint8Array.of(1))
    expect(await indexedDb({ database, indexedDB: factory }).read('a')).toEqual(
      E.right(Uint8Array.of(1)),
    )
  })
})
