interface Page {
  readonly document: {
    title: string
    readonly head: { readonly insertAdjacentHTML: (where: 'beforeend', html: string) => void }
    readonly querySelector: (selector: 'main') => { innerHTML: string }
  }
  readonly location: { readonly search: string }
}

/** The part of a page that demos use: no library of types for it is needed. */
export const { document, location } = globalThis as unknown as Page

/** Time for the browser to show what has changed. */
export const breath = () =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, 0)
  })

/** Leaves a value where programs that look at the page find it. */
export const leave = (name: string, value: unknown): void => {
  Object.assign(globalThis, { [name]: value })
}
