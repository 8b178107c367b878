/** Where the page is: a view, and the query of a link to a run. */
export interface Route {
  readonly view: string
  readonly query: string
}

/** The route of a hash: `#/time?env=cartpole&seed=1`. */
export const routeOf = (hash: string): Route => {
  const [path = '', ...query] = hash.replace(/^#\/?/, '').split('?')
  return { view: path, query: query.join('?') }
}

/** The hash of a route. */
export const hashOf = ({ view, query }: Route): string =>
  query === '' ? `#/${view}` : `#/${view}?${query}`

/** The fields of a link that belong to views, not to the run. */
const OF_VIEWS: ReadonlySet<string> = new Set(['teach', 'names'])

/** The query of the run, without the fields of views. */
export const runQuery = (query: string): string =>
  query
    .split('&')
    .filter((field) => !OF_VIEWS.has(field.split('=')[0]!))
    .join('&')

/** The fields of views in a query. */
export const viewFields = (query: string): string =>
  query
    .split('&')
    .filter((field) => OF_VIEWS.has(field.split('=')[0]!))
    .join('&')

/** A query with the field of a view; null takes it out. */
export const withViewField = (query: string, name: string, value: string | null): string =>
  [
    ...query.split('&').filter((field) => field !== '' && field.split('=')[0] !== name),
    ...(value === null ? [] : [`${name}=${encodeURIComponent(value)}`]),
  ].join('&')
