import type { Plugin } from 'vite'

const FOLDER = '/guide/'

/**
 * Serves the guide next to the sources of the page, and builds it on the first request.
 *
 * @param build the guide's files by their paths inside its folder
 */
export const guideServer = (build: () => ReadonlyMap<string, string>): Plugin => {
  let built: ReadonlyMap<string, string> | null = null
  return {
    name: 'proximal guide',
    configureServer: ({ middlewares }) => {
      middlewares.use((request, response, next) => {
        const [path = ''] = (request.url ?? '').split('?')
        if (!path.startsWith(FOLDER)) {
          next()
          return
        }
        built ??= build()
        const name = decodeURI(path.slice(FOLDER.length))
        const text = built.get(name === '' ? 'index.html' : name)
        if (text === undefined) {
          next()
          return
        }
        const type = name.endsWith('.css') ? 'text/css' : 'text/html'
        response.setHeader('Content-Type', `${type}; charset=utf-8`)
        response.end(text)
      })
    },
  }
}
