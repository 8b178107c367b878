const BUFFERS = Symbol('buffers')

interface Transferred {
  readonly value: unknown
  readonly [BUFFERS]: readonly ArrayBuffer[]
}

/**
 * Wraps what a handler returns or yields, or the argument of a request, so that these buffers move to the
 * other side instead of being copied. They are empty here afterwards.
 *
 *     return transfer(bytes, [bytes.buffer])
 */
export const transfer = <T>(value: T, buffers: readonly ArrayBufferLike[]): T => {
  const owned = buffers.filter((buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer)
  // The other side receives the value alone, so the wrapper has the type of the value.
  return { value, [BUFFERS]: owned } satisfies Transferred as unknown as T
}

/** What was wrapped, and the buffers that move. */
export const unwrapped = (
  given: unknown,
): { readonly value: unknown; readonly buffers: ArrayBuffer[] } =>
  typeof given === 'object' && given !== null && BUFFERS in given
    ? { value: (given as Transferred).value, buffers: [...(given as Transferred)[BUFFERS]] }
    : { value: given, buffers: [] }
