import { createHash } from 'node:crypto'
import type { Plugin } from 'vite'

/**
 * The service worker's text. It keeps every file of the page, so that the page opens without a network,
 * and isolates the page where the host sends no such headers, so that its threads may share memory.
 */
const serviceWorker = (
  name: string,
  files: readonly string[],
): string => `const NAME = ${JSON.stringify(name)}
const FILES = ${JSON.stringify(files)}
const isolated = (response) => {
  if (response.status === 0) return response
  const headers = new Headers(response.headers)
  headers.set('Cross-Origin-Opener-Policy', 'same-origin')
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp')
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers })
}
addEventListener('install', (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)).then(() => skipWaiting()))
})
addEventListener('activate', (event) => {
  const others = caches.keys().then((names) => names.filter((name) => name.startsWith('proximal-') && name !== NAME))
  event.waitUntil(others.then((names) => Promise.all(names.map((name) => caches.delete(name)))).then(() => clients.claim()))
})
addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET' || !request.url.startsWith(registration.scope)) return
  event.respondWith(
    caches.match(request, { ignoreSearch: true }).then((kept) => kept ?? fetch(request)).then(isolated),
  )
})
`

/** Writes \`sw.js\` beside what was built. */
export const offline: Plugin = {
  name: 'proximal offline',
  apply: 'build',
  enforce: 'post',
  generateBundle(_, bundle) {
    const files = Object.keys(bundle).filter(
      (name) => !name.endsWith('.map') && name !== 'index.html',
    )
    const hash = createHash('sha256')
    for (const name of files.toSorted()) hash.update(name)
    const name = `proximal-${hash.digest('hex').slice(0, 16)}`
    this.emitFile({
      type: 'asset',
      fileName: 'sw.js',
      source: serviceWorker(name, ['./', ...files.filter((file) => !file.startsWith('.vite/'))]),
    })
  },
}
