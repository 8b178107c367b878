/**
 * What no text from outside may bring to a terminal, a log or a report: control characters (C0 with
 * ESC, DEL, C1), what changes the direction of writing, what has no width, ends of lines and of
 * paragraphs, tags, and halves of surrogate pairs.
 */
const HOSTILE = new RegExp(
  [
    '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e]',
    '[\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]',
    '[\\u{e0000}-\\u{e0fff}]',
    '\\p{Surrogate}',
  ].join('|'),
  'gu',
)

/** As JSON writes it, unit by unit of UTF-16: `\u001b`. */
const escaped = (character: string): string => {
  let out = ''
  for (let i = 0; i < character.length; i++)
    out += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`
  return out
}

/**
 * Text as characters that show themselves and nothing else, in one line: all others are escaped as
 * in JSON, so that the result of `JSON.stringify` stays the same value. Ordinary letters of every
 * script stay as they are.
 */
export const printable = (text: string): string => text.replace(HOSTILE, escaped)

/** `printable`, but for line feeds, which the text of a program of its own may have. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n')

/** Characters of a name from outside that a line repeats. */
const LONGEST = 200

/** A name or a message from outside, as a piece of one line: printable, and not too long. */
export const excerpt = (text: string, longest = LONGEST): string =>
  text.length <= longest
    ? printable(text)
    : // A pair that is cut in half shows its first half, escaped.
      `${printable(text.slice(0, longest))}… (${text.length} characters)`
