/** Wraps text into lines of up to `width` characters, those after the first one indented. */
export const wrap = (text: string, width: number, indent: number): string => {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line !== '' && indent + line.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join(`\n${' '.repeat(indent)}`)
}

/** Columns as wide as their widest entry. */
export const columns = (rows: ReadonlyArray<readonly string[]>): string => {
  const widths = rows[0]!.map((_, j) => Math.max(...rows.map((row) => row[j]!.length)))
  return rows
    .map((row) =>
      row
        .map((text, j) => text.padEnd(widths[j]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
