/** A worker that computes nothing: it answers every shard with so many bytes at once. */
import { serveShards } from '../../src/distributed/redis/serve.ts'

const [url = '', bytes = '0'] = process.argv.slice(2)
const payload = new Uint8Array(Number(bytes)).map((_, i) => (i * 2_654_435_761) >>> 24)

await serveShards({ url, name: `echo-${process.pid}`, compute: () => Promise.resolve(payload) })
process.send?.('ready')
