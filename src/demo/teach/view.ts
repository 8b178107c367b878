import { html, render } from 'lit-html'
import type { View } from '../view.ts'
import { mountNames } from '../names/panel.ts'
import { teachClient, type TeachClient } from './client.ts'
import { mountMotion } from './motion.ts'
import './teach.css'
import { teachWords } from './words.ts'

/** One worker for all visits of the view, so that what was taught is still there. */
let client: TeachClient | null = null

type Subject = 'motion' | 'names'

export const view: View = {
  mount: (host, context) => {
    const say = teachWords[context.language]
    const own = (client ??= teachClient())
    const tabs = document.createElement('div')
    let panel = document.createElement('div')
    host.append(tabs, panel)
    let subject: Subject =
      context.linkField('teach').get() === null && context.linkField('names').get() !== null
        ? 'names'
        : 'motion'
    let end: () => void = () => undefined

    const open = (next: Subject): void => {
      end()
      const fresh = document.createElement('div')
      fresh.className = 'stack'
      panel.replaceWith(fresh)
      panel = fresh
      subject = next
      end = (next === 'motion' ? mountMotion : mountNames)(panel, context, own)
      draw()
    }
    const tab = (id: Subject) =>
      html`<button aria-pressed=${id === subject} @click=${() => id === subject || open(id)}>
        ${say[id]}
      </button>`
    const draw = (): void =>
      void render(
        html`<div class="segments subjects" role="group" aria-label=${say.subjects}>
          ${tab('motion')}${tab('names')}
        </div>`,
        tabs,
      )

    open(subject)
    return () => {
      end()
      tabs.remove()
      panel.remove()
    }
  },
}
