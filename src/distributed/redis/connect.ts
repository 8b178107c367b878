import type { Redis } from 'ioredis'
import { messageOf } from '../errors.ts'
import type { Tell } from './tell.ts'

/** A URL without its password, for messages. */
export const shownUrl = (url: string): string => {
  try {
    const { protocol, username, host, pathname } = new URL(url)
    return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`
  } catch {
    return 'the URL of Redis'
  }
}

/** @throws RangeError unless it is a URL of Redis, with TLS (`rediss:`) or without */
export const expectRedisUrl = (url: string): void => {
  const wrong = (got: string) =>
    new RangeError(
      `redis: expected a URL such as redis://user:password@host:6379 or rediss://host, got ${got}`,
    )
  if (!URL.canParse(url)) throw wrong('something else')
  const { protocol } = new URL(url)
  if (protocol !== 'redis:' && protocol !== 'rediss:') throw wrong(protocol)
}

const isRefused = (error: unknown): boolean =>
  /^(WRONGPASS|NOAUTH|NOPERM|ERR (AUTH|invalid))/.test(messageOf(error))

/** What a package of Redis exports, or a message that says what to install. */
export const loaded = async <T>(module: Promise<T>): Promise<T> => {
  try {
    return await module
  } catch (error) {
    throw new Error('redis: expected the packages bullmq and ioredis: npm install bullmq ioredis', {
      cause: error,
    })
  }
}

/** Milliseconds before attempt `n` to connect. */
const waitBefore = (n: number): number => Math.min(100 * n, 2000)

const whenReady = (client: Redis, url: string, tell: Tell, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    let told = ''
    const end = (settle: () => void): void => {
      client.off('ready', onReady)
      client.off('error', onError)
      signal?.removeEventListener('abort', onAbort)
      settle()
    }
    const onReady = (): void => end(resolve)
    const onAbort = (): void => end(() => reject(signal!.reason as Error))
    const onError = (error: unknown): void => {
      const message = messageOf(error)
      if (isRefused(error))
        return end(() => reject(new Error(`${shownUrl(url)}: refused: ${message}`)))
      if (message !== told) tell(`${shownUrl(url)}: waiting for Redis: ${message}`)
      told = message
    }
    client.on('ready', onReady)
    client.on('error', onError)
    signal?.addEventListener('abort', onAbort)
  })

/**
 * Connects to Redis or Valkey, and waits until the server responds. The promise rejects if the server refuses
 * the credentials. While the server does not respond, it waits and reports that.
 *
 * @param patient whether commands wait through a loss of the connection; otherwise they fail at once
 */
export const connect = async (
  url: string,
  patient: boolean,
  tell: Tell,
  signal?: AbortSignal,
): Promise<Redis> => {
  expectRedisUrl(url)
  const { Redis: Client } = await loaded(import('ioredis'))
  const client = new Client(url, {
    protocol: 2,
    disableClientInfo: true,
    retryStrategy: waitBefore,
    maxRetriesPerRequest: patient ? null : 0,
    enableOfflineQueue: patient,
    connectTimeout: 5000,
    keepAlive: 5000,
    ...(patient ? {} : { commandTimeout: 10_000 }),
  })
  client.on('error', () => undefined)
  try {
    await whenReady(client, url, tell, signal)
    return client
  } catch (error) {
    client.disconnect()
    throw error
  }
}
