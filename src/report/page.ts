import type { Panel } from './charts.ts'
import { PAGE_STYLE, stylePolicy } from './style.ts'
import { escaped } from './text.ts'

/**
 * An HTML page that needs no script, no other file and no network.
 *
 * @param title plain text
 * @param body HTML, whose texts are escaped
 */
export const page = (title: string, body: string, style = PAGE_STYLE): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${stylePolicy(style)}">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`

/** Charts with a caption. */
export const figure = (
  { title, note }: Pick<Panel, 'title' | 'note'>,
  kind: string,
  ...svgs: readonly string[]
): string =>
  `<figure${kind}><figcaption><b>${escaped(title)}</b><span>${escaped(note)}</span></figcaption>${svgs.join('')}</figure>`

/** A figure that stands out, in a list of them. */
export const tile = (name: string, value: string, more = ''): string =>
  `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}${more === '' ? '' : `<small>${escaped(more)}</small>`}</dd></div>`

/** A row of a table, the first cell of which names it. */
export const row = ([name, ...values]: readonly string[]): string =>
  `<tr><th scope="row">${escaped(name!)}</th>${values.map((value) => `<td>${escaped(value)}</td>`).join('')}</tr>`

/** A table with names of columns, or without. */
export const table = (
  rows: ReadonlyArray<readonly string[]>,
  columns: readonly string[] = [],
): string =>
  `<div class="card"><table>${columns.length === 0 ? '' : `<thead><tr>${columns.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}</tr></thead>`}<tbody>${rows.map(row).join('')}</tbody></table></div>`
