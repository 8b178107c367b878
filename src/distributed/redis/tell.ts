// In a file of its own: what the entry point declares must not need the types of ioredis.

/** Receives a line about a connection: that it does not work, or works again. */
export type Tell = (line: string) => void
