import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chainIn, proximalProcess, workshop } from '../support/cli.ts'
import { redisServer, type RedisServer } from '../support/redisServer.ts'
import { startProcess, startWorker, type WorkerProcess } from '../support/workers.ts'

const { folder, remove } = workshop()
const shipped = readFileSync('src/distributed/deploy/users.acl', 'utf8')

let server: RedisServer
let worker: WorkerProcess

const urlOf = (user: string, password = `secret-${user}`): string =>
  server.url.replace('//', `//${user}:${password}@`)

beforeAll(async () => {
  const acl = join(folder, 'users.acl')
  writeFileSync(
    acl,
    shipped
      .replace('CHANGE-ME-LEARNER', 'secret-learner')
      .replace('CHANGE-ME-WORKER', 'secret-worker'),
  )
  server = await redisServer('--aclfile', acl)
  worker = await startWorker(urlOf('worker'))
})

afterAll(async () => {
  await worker.kill()
  await server.remove()
  remove()
})

describe('with the users that are shipped', () => {
  test('a run has the bits of a single process', async () => {
    const args = 'train cartpole --steps 2048 --set envs=4 --set steps=64'.split(' ')
    const alone = await proximalProcess(folder, ...args, '--out', 'alone')
    const far = await proximalProcess(folder, ...args, '--out', 'far', '--redis', urlOf('learner'))
    expect([alone.code, far.stderr, far.code]).toEqual([0, '', 0])
    expect(chainIn(join(folder, 'far'))).toEqual(chainIn(join(folder, 'alone')))
  })

  test('a worker may read inputs and write results, and nothing else', async () => {
    const client = new Redis(urlOf('worker'))
    const refusal = (command: readonly string[]): Promise<string | null> =>
      client.call(command[0]!, ...command.slice(1)).then(
        () => null,
        (error: unknown) => String(error),
      )
    for (const allowed of [
      ['get', 'ppo:p:x'],
      ['set', 'ppo:r:x', '1', 'EX', '1', 'NX'],
      ['set', 'ppo:w:x', '1', 'EX', '1'],
      ['get', 'ppo:l:x'],
    ] as const)
      expect([allowed, await refusal(allowed)]).toEqual([allowed, null])
    for (const denied of [
      ['set', 'ppo:p:x', '1'],
      ['del', 'ppo:p:x'],
      ['set', 'ppo:l:x', '1'],
      ['get', 'other'],
      ['set', 'other', '1'],
      ['eval', "return redis.call('get', 'other')", '0'],
      ['eval', "return redis.call('set', KEYS[1], '1')", '1', 'ppo:p:x'],
      ['eval', "return redis.call('flushall')", '0'],
      ['keys', '*'],
      ['flushall'],
      ['config', 'get', 'dir'],
      ['acl', 'list'],
      ['client', 'list'],
      ['monitor'],
      ['shutdown'],
      ['subscribe', 'x'],
    ] as const)
      expect([denied, await refusal(denied)]).toEqual([
        denied,
        expect.stringMatching(/NOPERM|can't (access|run)/),
      ])
    client.disconnect()
  })

  test.each(['learner', 'worker', 'default'])(
    'wrong credentials of %s end a command at once, and its password is not printed',
    async (user) => {
      const url = urlOf(user, 'wrong-password')
      const serving = startProcess(['worker', '--redis', url])
      const args = ['train', 'cartpole', '--out', `refused-${user}`, '--redis', url]
      const { code, stderr, stdout } = await proximalProcess(folder, ...args)
      expect(code).toBe(2)
      expect(stderr).toMatch(/^proximal: redis:\/\/\w+@127\.0\.0\.1:\d+: refused: WRONGPASS/)
      await serving.until('refused: WRONGPASS')
      for (const text of [stdout, stderr, serving.said()])
        expect(text).not.toContain('wrong-password')
      await serving.kill()
    },
  )

  test('a password may come from the environment, where nobody else reads it', async () => {
    const url = server.url.replace('//', '//worker@')
    const started = startProcess(['worker', '--redis', url], {
      PROXIMAL_REDIS_PASSWORD: 'secret-worker',
    })
    await started.until('serves')
    expect(await started.kill('SIGTERM')).toBe(0)
  })
})
