const ESCAPE = '\u001B'

// An arrow, any other sequence, or one character.
const SEQUENCE = new RegExp(`${ESCAPE}(?:\\[[0-9;?]*[@-~]|O[A-Z])|[^]`, 'gu')

/** What a terminal sent, key by key: several at once or none. */
export const keySequences = (input: string): readonly string[] => input.match(SEQUENCE) ?? []
