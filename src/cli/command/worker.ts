import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { hostname } from 'node:os'
import { identity } from '../../distributed/identity.ts'
import { shownUrl } from '../../distributed/redis/connect.ts'
import { serveShards } from '../../distributed/redis/serve.ts'
import { shardThread } from '../../distributed/threads.ts'
import { workerName } from '../../distributed/envelope.ts'
import { defineCommand } from '../command.ts'
import { openConsole, type Console } from '../console.ts'
import { environmentFor } from '../environment.ts'
import { isModule } from '../environmentModule.ts'
import type { Given } from '../options.ts'
import { messageOf, type Problem } from '../problem.ts'
import { parseRedisUrl } from '../redisOptions.ts'
import type { RunEnvironment } from '../runEnvironment.ts'
import { untilStopped } from '../untilStopped.ts'

const workerOptions = {
  redis: { type: 'string' },
  env: { type: 'string', multiple: true },
  name: { type: 'string' },
  json: { type: 'boolean' },
} as const

interface WorkerArguments {
  readonly url: string
  /** paths of modules */
  readonly modules: readonly string[]
  readonly name: string
  readonly json: boolean
}

/** Seconds between lines about what was done. */
const BETWEEN_LINES = 10

const parse = ({ values }: Given<typeof workerOptions>): E.Either<Problem, WorkerArguments> =>
  pipe(
    values.redis,
    E.fromNullable<Problem>('--redis: expected the URL of a server, got nothing: name one'),
    E.flatMap((url) => parseRedisUrl(url)),
    E.bindTo('url'),
    E.let('modules', () => values.env ?? []),
    E.filterOrElse(
      ({ modules }) => modules.every(isModule),
      ({ modules }): Problem =>
        `--env: expected paths of modules, such as ./game.js, got ${modules.find((one) => !isModule(one))}: the built-in environments need not be named`,
    ),
    E.let('name', () => values.name ?? `${hostname()}-${process.pid}`),
    E.filterOrElse(
      ({ name }) => workerName.is(name),
      ({ name }): Problem => `--name: expected ${workerName.name}, got ${JSON.stringify(name)}`,
    ),
    E.let('json', () => values.json ?? false),
  )

const serve =
  (
    { url, name }: WorkerArguments,
    environments: readonly RunEnvironment[],
    screen: Console,
  ): TE.TaskEither<Problem, number> =>
  async () => {
    const places = environments.flatMap(({ place }) => (place === null ? [] : [place]))
    const own = identity()
    const stop = untilStopped()
    const thread = shardThread({ places })
    try {
      const server = await serveShards({
        url,
        name,
        compute: thread.compute,
        modules: places.map(({ sha256 }) => ({ sha256 })),
        own,
        tell: (line) => screen.warn(`proximal: ${line}`),
        signal: stop.signal,
      })
      screen.say(
        `worker ${name} serves ${shownUrl(url)}: version ${own.version}, numeric fingerprint ${own.probe}`,
      )
      let told = 0
      const lines = setInterval(() => {
        if (server.done() > told) screen.say(`${server.done()} shards`)
        told = server.done()
      }, 1000 * BETWEEN_LINES)
      await stop.stopped
      clearInterval(lines)
      screen.say('stopping after the current shard; press Ctrl-C again to stop at once')
      await server.close()
      screen.say(`${server.done()} shards`)
      screen.result(() => ({ worker: name, shards: server.done(), ...own }))
      return E.right(0)
    } catch (error) {
      return stop.signal.aborted ? E.right(0) : E.left(messageOf(error))
    } finally {
      stop.release()
      await thread.stop()
    }
  }

/** Computes shards of runs for learners that request them over Redis. */
export const command = defineCommand({
  name: 'worker',
  example: 'proximal worker --redis redis://127.0.0.1:6379',
  usage: `  proximal worker         compute for commands with --redis on other machines, until Ctrl-C
    --redis URL           redis://user:password@host:6379, or rediss:// with TLS
    --env MODULE          a custom environment that is installed here; may be repeated
    --name NAME           the name of this worker (host and process)
    --json                one JSON object as the last line of stdout
`,
  options: workerOptions,
  positionals: () => [],
  run: (given, streams) =>
    pipe(
      TE.fromEither(parse(given)),
      TE.bindTo('asked'),
      TE.bind('environments', ({ asked }) => TE.traverseSeqArray(environmentFor)(asked.modules)),
      TE.flatMap(({ asked, environments }) =>
        serve(asked, environments, openConsole(streams, asked.json)),
      ),
    ),
})
