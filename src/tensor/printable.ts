/**
 * Characters that text from outside must not bring to a terminal, log or report: control characters (C0
 * with ESC, DEL, C1), bidirectional controls, zero-width characters, line and paragraph separators, tags,
 * and lone surrogates.
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

/** Escapes each UTF-16 unit as in JSON: `\u001b`. */
const escaped = (character: string): string => {
  let out = ''
  for (let i = 0; i < character.length; i++)
    out += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`
  return out
}

/**
 * Escapes all characters that are not printable, line feeds included, as in JSON, so that the output of
 * `JSON.stringify` keeps its value. Letters of all scripts stay.
 */
export const printable = (text: string): string => text.replace(HOSTILE, escaped)

/** Escapes all characters that are not printable, except line feeds. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n')

/** Default maximum length of an excerpt. */
const LONGEST = 200

/** Text from outside for use within a line: printable, and cut after `longest` characters. */
export const excerpt = (text: string, longest = LONGEST): string =>
  text.length <= longest
    ? printable(text)
    : // A surrogate pair that is cut in half leaves an escaped half.
      `${printable(text.slice(0, longest))}… (${text.length} characters)`
