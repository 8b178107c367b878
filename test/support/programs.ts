/** A program that a page of the documentation shows, in one or more blocks. */
export interface Program {
  /** the page and the number of the program in it, as `program-2` */
  readonly name: string
  readonly code: string
}

const BLOCK = /^```ts\n([^]*?)^```$/gm

/**
 * The TypeScript programs of a page. A block that begins with an import begins a program; any other block
 * continues the program before it.
 *
 * @param page the name of the page, for the names of its programs
 */
export const programsOf = (page: string, markdown: string): readonly Program[] => {
  const programs: string[] = []
  for (const [, code = ''] of markdown.matchAll(BLOCK))
    if (code.startsWith('import ') || programs.length === 0) programs.push(code)
    else programs.push(`${programs.pop()!}\n${code}`)
  return programs.map((code, i) => ({ name: `${page}-${i + 1}`, code }))
}

/** The one program that contains a text. */
export const programWith = (programs: readonly Program[], text: string): Program => {
  const found = programs.filter(({ code }) => code.includes(text))
  if (found.length !== 1)
    throw new Error(`programs: expected one with ${text}, found ${found.length}`)
  return found[0]!
}
