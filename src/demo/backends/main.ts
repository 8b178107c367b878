import * as E from 'fp-ts/lib/Either.js'
import { COURSE, survey, type Survey } from '../../kernel/gpu/survey.ts'
import { sizesOf } from './sizes.ts'
import { STYLE } from './style.ts'
import { problemHtml, progressHtml, surveyHtml } from './view.ts'

interface Element {
  innerHTML: string
}

/** The part of a page that is used here: no library of types for it is needed. */
const page = globalThis as unknown as {
  readonly document: {
    title: string
    readonly head: { readonly insertAdjacentHTML: (where: 'beforeend', html: string) => void }
    readonly querySelector: (selector: 'main') => Element
  }
  readonly location: { readonly search: string }
  /** what was found, for programs that look at the page */
  backends?: Survey
}

/** Time for the browser to show what has changed. */
const MILLISECONDS = 50
const breath = () =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, 0)
  })

const run = async (main: Element): Promise<string> => {
  const sizes = sizesOf(page.location.search, COURSE.sizes)
  if (E.isLeft(sizes)) {
    main.innerHTML = problemHtml(sizes.left)
    return 'a wrong address'
  }
  const course = { ...COURSE, sizes: sizes.right, now: () => performance.now() }
  main.innerHTML = progressHtml(null)
  await breath()
  const measuring = survey(course)
  let shown = 0
  for (;;) {
    const { done, value } = await measuring.next()
    if (done === true) {
      main.innerHTML = surveyHtml(value, course)
      page.backends = value
      return 'measured'
    }
    if (performance.now() - shown < MILLISECONDS) continue
    main.innerHTML = progressHtml(value)
    await breath()
    shown = performance.now()
  }
}

const { document } = page
document.head.insertAdjacentHTML('beforeend', `<style>${STYLE}</style>`)
const main = document.querySelector('main')
const ended = await run(main).catch((error: unknown) => {
  main.innerHTML = problemHtml(error instanceof Error ? error.message : String(error))
  return 'failed'
})
document.title = `Backends: ${ended}`
