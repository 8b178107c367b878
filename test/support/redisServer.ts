import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { Redis } from 'ioredis'
import { workshop } from './cli.ts'

/** Whether Debian's redis-server is installed. */
export const hasRedis = (): boolean => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number }
      server.close(() => resolve(port))
    })
  })

/** A server on a free port of this machine, in a folder of its own. */
export interface RedisServer {
  readonly url: string
  readonly port: number
  readonly start: () => Promise<void>
  /** Ends it without a chance to write anything. */
  readonly kill: () => Promise<void>
  /** An ordinary client of it. */
  readonly client: () => Redis
  readonly remove: () => Promise<void>
}

const usual = '--bind 127.0.0.1 --save  --maxmemory-policy noeviction --loglevel warning'.split(' ')

/** Whether it says anything to a ping, be it that nobody may ask. */
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    const end = (answered: boolean): void => {
      socket.destroy()
      resolve(answered)
    }
    socket.once('data', () => end(true))
    socket.once('error', () => end(false))
    socket.setTimeout(1000, () => end(false))
  })

/** @param options of redis-server, such as `['--appendonly', 'yes']`; nothing is kept by default */
export const redisServer = async (...options: readonly string[]): Promise<RedisServer> => {
  const { folder, remove } = workshop()
  const port = await freePort()
  let child: ChildProcess | null = null
  const start = async (): Promise<void> => {
    child = spawn('redis-server', [...usual, '--port', String(port), '--dir', folder, ...options], {
      stdio: 'ignore',
    })
    for (let waited = 0; !(await answers(port)); waited += 20) {
      if (waited > 10_000) throw new Error('redis-server: expected an answer within 10 s, got none')
      await new Promise((resolve) => {
        setTimeout(resolve, 20)
      })
    }
  }
  const kill = async (): Promise<void> => {
    const dying = child
    child = null
    if (dying === null || dying.exitCode !== null || dying.signalCode !== null) return
    await new Promise<void>((resolve) => {
      dying.once('exit', () => resolve())
      dying.kill('SIGKILL')
    })
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    start,
    kill,
    client: () => new Redis(port, '127.0.0.1'),
    remove: async () => {
      await kill()
      remove()
    },
  }
}
