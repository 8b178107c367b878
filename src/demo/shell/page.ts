import * as E from 'fp-ts/lib/Either.js'
import { html, nothing, render } from 'lit-html'
import type { BuiltInName } from '../../builtin/index.ts'
import { connectTraining } from '../../worker/training/connectTraining.ts'
import { noRun } from '../../worker/training/progress.ts'
import { controlOver } from '../control.ts'
import type { LinkProblem, Linked } from '../link/link.ts'
import { hashOf, routeOf, runQuery, viewFields, withViewField } from '../route.ts'
import type { Recorded } from '../run.ts'
import { remembered, withProgress } from '../runs.ts'
import { store } from '../store.ts'
import type { Context, LinkField, Run, View } from '../view.ts'
import { views } from '../views.ts'
import type { Language } from '../words.ts'
import type { PageHandlers } from '../worker.ts'
import { bar } from './bar.ts'
import { languageOf, rememberLanguage } from './language.ts'
import { linkNotice } from './notices.ts'
import { shellWords } from './words.ts'

const threadsAsked = (): number | null => {
  const asked = new URLSearchParams(location.search).get('threads')
  return asked !== null && /^[1-9]\d?$/.test(asked) ? Number(asked) : null
}

/** Starts the page in an element: its worker, its views, and the run that its address names. */
export const startPage = (app: HTMLElement): void => {
  const run = store<Run>({
    ...noRun,
    config: null,
    history: [],
    speeds: [],
    pace: null,
    claim: null,
  })
  const runs = store<readonly Recorded[]>([])
  let language: Language = languageOf()
  let problems: readonly LinkProblem[] = []
  let status = ''
  let route = routeOf(location.hash)
  let mounted: { readonly id: string; readonly end: () => void } | null = null
  let opening = 0
  const host = document.createElement('div')

  const client = connectTraining<PageHandlers>(
    () => new Worker(new URL('../worker.ts', import.meta.url), { type: 'module' }),
    {
      onRun: (told) => {
        const before = run.get()
        const now = withProgress(before, told)
        const past = remembered(runs.get(), before, now)
        if (past !== runs.get()) runs.set(past)
        run.set(now)
      },
      onLost: () => {
        status = shellWords[language].lost
        draw()
      },
    },
  )
  const control = controlOver(client, run, threadsAsked())

  const say = (text: string): void => {
    status = text
    draw()
  }

  const linkField = (name: string): LinkField => ({
    get: () => new URLSearchParams(route.query).get(name),
    set: (value) => {
      route = { ...route, query: withViewField(route.query, name, value) }
      history.replaceState(null, '', hashOf(route))
      draw()
    },
  })

  const open = async ({ config, claim, problems: found }: Linked): Promise<void> => {
    problems = found
    const started = await control.start(config, claim)
    if (E.isLeft(started)) say(started.left)
    draw()
  }

  const openLink = async (query: string): Promise<void> => {
    const linked = await client.call('readLink', query)
    if (E.isRight(linked)) await open(linked.right)
    else say(linked.left.message)
  }

  const choose = async (env: string, seed: number): Promise<void> => {
    const chosen = await client.call('presetRun', { env: env as BuiltInName, seed })
    if (E.isRight(chosen)) await open({ config: chosen.right, claim: null, problems: [] })
  }

  const current = () => views.find(({ id }) => id === route.view) ?? views[0]!

  const show = async (): Promise<void> => {
    const { id, load, title } = current()
    const mine = ++opening
    mounted?.end()
    mounted = null
    host.replaceChildren()
    document.title = `${title[language]} · Proximal`
    draw()
    const view: View = await load()
    // Another view may have been opened while this one was loaded.
    if (mine !== opening) return
    const given: Context = { language, client, run, runs, control, say, linkField }
    mounted = { id, end: view.mount(host, given) }
  }

  const changeLanguage = (next: Language): void => {
    language = next
    rememberLanguage(next)
    document.documentElement.lang = next === 'zh' ? 'zh-Hans' : 'en'
    void show()
  }

  let isDrawing = false
  /** Draws the frame of the page anew, once before the next picture. */
  const draw = (): void => {
    if (isDrawing) return
    isDrawing = true
    requestAnimationFrame(() => {
      isDrawing = false
      const words = shellWords[language]
      const other: Language = language === 'en' ? 'zh' : 'en'
      const actions = { ...control, choose: (env: string, seed: number) => void choose(env, seed) }
      render(
        html`<header class="top">
            <h1 class="brand">Proximal</h1>
            <nav class="views" aria-label=${words.views}>
              ${views.map(
                ({ id, title }) =>
                  html`<a
                    href=${hashOf({ view: id, query: route.query })}
                    aria-current=${id === current().id ? 'page' : nothing}
                    >${title[language]}</a
                  >`,
              )}
            </nav>
            <div class="tools">
              <a href=${language === 'en' ? 'guide/index.html' : 'guide/index.zh.html'}
                >${words.guide}</a
              >
              <button lang=${other} @click=${() => changeLanguage(other)}>
                ${other === 'en' ? 'English' : '中文'}
              </button>
            </div>
          </header>
          <main>
            ${linkNotice(language, problems, () => {
              problems = []
              draw()
            })}
            ${current().isOfRun === false ? nothing : bar(language, run.get(), actions)} ${host}
            <p class="hidden" role="status" aria-live="polite">${status}</p>
          </main>`,
        app,
      )
    })
  }

  /** Keeps the run in the address, so that it can be copied from there. */
  let named: Run['config'] = null
  const nameRun = async (config: NonNullable<Run['config']>): Promise<void> => {
    const { claim } = run.get()
    const query = await client.call('writeLink', { run: config, claim })
    if (E.isLeft(query) || named !== config) return
    const fields = viewFields(route.query)
    route = { ...route, query: fields === '' ? query.right : `${query.right}&${fields}` }
    history.replaceState(null, '', hashOf(route))
    draw()
  }

  run.subscribe(({ config }) => {
    draw()
    if (config === null || config === named) return
    named = config
    void nameRun(config)
  })

  addEventListener('hashchange', () => {
    const before = route
    route = routeOf(location.hash)
    if (route.query === '') route = { ...route, query: before.query }
    const isOtherRun = runQuery(route.query) !== runQuery(before.query)
    const isOtherView =
      route.view !== before.view || viewFields(route.query) !== viewFields(before.query)
    if (isOtherRun) void openLink(route.query)
    if (isOtherView) void show()
  })

  // For programs that look at the page, and for those who open its console.
  Object.assign(globalThis, { proximal: { run: run.get, client } })
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en'
  void show()
  void openLink(route.query)
}
