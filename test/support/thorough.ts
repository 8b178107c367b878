/** Whether tests try more than they need to on every change: `PROXIMAL_THOROUGH=1 npm test`. */
export const isThorough = process.env['PROXIMAL_THOROUGH'] === '1'

/** How many cases a test tries: `few` on every change, `many` where it is thorough. */
export const cases = (few: number, many: number): number => (isThorough ? many : few)
