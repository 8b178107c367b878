// The package has no types. Only the function that is used here is declared.
declare module 'fs-native-extensions' {
  /** Locks bytes of an open file until the descriptor is closed; false if another descriptor holds them. */
  export const tryLock: (file: number, offset: number, length: number) => boolean
}
