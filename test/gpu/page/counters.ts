import type { Counts } from '../check.ts'

// Counts what gpu.js asks of the browser, under its hands.

const live = new Set<unknown>()
const sent = { up: 0, down: 0 }

type Method = (this: unknown, ...args: readonly unknown[]) => unknown

/** Has `after` hear of every call of a method. */
const listen = (
  owner: { readonly prototype: object } | undefined,
  name: string,
  after: (result: unknown, args: readonly unknown[], self: unknown) => void,
): void => {
  if (owner === undefined) return
  const methods = owner.prototype as Record<string, Method>
  const original = methods[name]!
  methods[name] = function (...args) {
    const result = original.call(this, ...args)
    after(result, args, this)
    return result
  }
}

interface WebGl {
  readonly getExtension: (name: string) => { readonly loseContext: () => void } | null
}

type Class = { readonly prototype: object } | undefined
const { WebGL2RenderingContext, GPUDevice, GPUBuffer, GPUQueue } = globalThis as unknown as {
  readonly [name: string]: Class
}

const contexts = new Set<WebGl>()
const add = (made: unknown, _: unknown, self: unknown) => {
  live.add(made)
  if (WebGL2RenderingContext !== undefined && self instanceof (WebGL2RenderingContext as never))
    contexts.add(self as WebGl)
}
const remove = (_: unknown, [gone]: readonly unknown[]) => live.delete(gone)
listen(WebGL2RenderingContext, 'createTexture', add)
listen(WebGL2RenderingContext, 'createBuffer', add)
listen(WebGL2RenderingContext, 'deleteTexture', remove)
listen(WebGL2RenderingContext, 'deleteBuffer', remove)
listen(GPUDevice, 'createBuffer', add)
listen(GPUBuffer, 'destroy', (_, __, self) => live.delete(self))

const upload = (_: unknown, args: readonly unknown[]) => {
  if (ArrayBuffer.isView(args.at(-1))) sent.up++
}
listen(WebGL2RenderingContext, 'texImage2D', upload)
listen(WebGL2RenderingContext, 'texSubImage2D', upload)
listen(GPUQueue, 'writeBuffer', () => sent.up++)
const read = () => sent.down++
listen(WebGL2RenderingContext, 'readPixels', read)
listen(GPUBuffer, 'mapAsync', read)

export const counts = (): Counts => ({ live: live.size, ...sent })

/** Takes the contexts of WebGL away, as a driver does. */
export const loseContexts = (): void => {
  for (const context of contexts) context.getExtension('WEBGL_lose_context')?.loseContext()
}
