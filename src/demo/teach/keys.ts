/** Where a key belongs to what has the focus. */
const OWN_KEYS = 'input, select, textarea, [contenteditable]'

/**
 * Runs these functions when their keys are pressed anywhere on the page, but in fields; space and enter
 * stay with a button or a link that has the focus.
 *
 * @returns what ends that
 */
export const keysOf = (functions: { readonly [key: string]: () => void }): (() => void) => {
  const press = (event: KeyboardEvent): void => {
    const { key, target, repeat } = event
    const run = functions[key] ?? functions[key.toLowerCase()]
    if (run === undefined || repeat || event.ctrlKey || event.metaKey || event.altKey) return
    if (target instanceof Element) {
      if (target.closest(OWN_KEYS) !== null) return
      if (key === ' ' && target.closest('button, a, summary') !== null) return
    }
    event.preventDefault()
    run()
  }
  addEventListener('keydown', press)
  return () => removeEventListener('keydown', press)
}
