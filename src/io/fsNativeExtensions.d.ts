// The package has no types of its own; only what is used of it is described.
declare module 'fs-native-extensions' {
  /** Locks bytes of an open file for its descriptor until that is closed; false where another has. */
  export const tryLock: (file: number, offset: number, length: number) => boolean
}
