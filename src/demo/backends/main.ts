import * as E from 'fp-ts/lib/Either.js'
import { COURSE, survey } from '../../kernel/gpu/survey.ts'
import { breath, document, leave, location } from '../page.ts'
import { sizesOf } from './sizes.ts'
import { STYLE } from './style.ts'
import { problemHtml, progressHtml, surveyHtml } from './view.ts'

/** The page shows how far it is as often as this. */
const MILLISECONDS = 50

const run = async (main: ReturnType<typeof document.querySelector>): Promise<string> => {
  const sizes = sizesOf(location.search, COURSE.sizes)
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
      leave('backends', value)
      return 'measured'
    }
    if (performance.now() - shown < MILLISECONDS) continue
    main.innerHTML = progressHtml(value)
    await breath()
    shown = performance.now()
  }
}

document.head.insertAdjacentHTML('beforeend', `<style>${STYLE}</style>`)
const main = document.querySelector('main')
const ended = await run(main).catch((error: unknown) => {
  main.innerHTML = problemHtml(error instanceof Error ? error.message : String(error))
  return 'failed'
})
document.title = `Backends: ${ended}`
