/** What a check came to: its figure has to be no larger than the limit. */
export interface Check {
  readonly name: string
  readonly figure: number
  readonly limit: number
  readonly ok: boolean
}

export const atMost = (name: string, figure: number, limit: number): Check => ({
  name,
  figure,
  limit,
  ok: figure <= limit,
})
