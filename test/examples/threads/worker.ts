import { train } from './train.js'

try {
  for (const threads of [1, 2]) postMessage(await train(threads))
} catch (error) {
  postMessage(String(error))
}
