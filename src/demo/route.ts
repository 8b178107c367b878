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
