import { printableLines } from '../tensor/printable.ts'

const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** What XML has no character for, in any form. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

/** Text as text and as the value of an attribute, of HTML and of SVG: it begins and ends nothing. */
export const escaped = (text: string): string =>
  printableLines(text.replace(FORBIDDEN, '\ufffd')).replace(
    /[&<>"']/g,
    (character) => ENTITIES[character]!,
  )

const UNITS = [
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'K'],
] as const

/** −1.5K, 2M, 0.05, 2.5e-4: a number to so many digits. */
export const short = (x: number, digits = 3): string => {
  if (!Number.isFinite(x)) return '–'
  const rounded = Number(Math.abs(x).toPrecision(digits))
  const sign = x < 0 && rounded > 0 ? '−' : ''
  if (rounded === 0) return '0'
  if (rounded < 1e-3 || rounded >= 1e12) return sign + rounded.toExponential()
  const [unit, name] = UNITS.find(([least]) => rounded >= least) ?? [1, '']
  return `${sign}${Number((rounded / unit).toPrecision(digits))}${name}`
}

/** 12,345,678 */
export const grouped = (x: number): string => String(x).replace(/\B(?=(?:\d{3})+$)/g, ',')

/** Names of ticks, of as many digits as tell them apart. */
export const tickNames = (ticks: readonly number[]): readonly string[] => {
  for (let digits = 3; ; digits++) {
    const names = ticks.map((x) => short(x, digits))
    if (new Set(names).size === names.length || digits === 15) return names
  }
}
