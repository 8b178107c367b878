import { startPage } from './shell/page.ts'

startPage(document.querySelector<HTMLElement>('#app')!)

/** Keeps the page for times without a network. Pages from files and from other than https cannot. */
const keepOffline = (): void => {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  navigator.serviceWorker.register('./sw.js').catch(() => undefined)
}

// What the first look needs comes first.
addEventListener('load', () => setTimeout(keepOffline, 2000))
