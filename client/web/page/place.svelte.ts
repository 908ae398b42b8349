/** Where somebody is, kept up with the address; and going elsewhere. */
import { parseRoute, printRoute, type Route } from '../routes.ts'

let route = $state.raw<Route>({ at: 'home' })

export const place = (): Route => route

/** The answer stops it. */
export const followAddress = (): (() => void) => {
  const look = (): void => {
    route = parseRoute(location.hash)
    scrollTo(0, 0)
  }
  look()
  addEventListener('hashchange', look)
  return () => removeEventListener('hashchange', look)
}

export const go = (to: Route): void => {
  location.hash = printRoute(to)
}
