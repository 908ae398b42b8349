/** A page may speak to its own relay only, or to those that it was built for: the browser holds it to that. Said beforehand, in words. */

/** The first is where the committees of this client are founded. */
const RELAYS = (import.meta.env.VITE_TOCSIN_RELAY ?? '').split(',').filter((host) => host !== '')

/** The host of an address, if this page cannot speak to it. Undefined as well for what is no address: the worker says so. */
export const foreignRelay = (address: string): string | undefined => {
  const [url = ''] = address.trim().split('#')
  if (!URL.canParse(url)) return undefined
  const { host } = new URL(url)
  return host === location.host || RELAYS.includes(host) ? undefined : host
}

/** Where the relay tells about itself: beside the client that it serves, or at the one elsewhere. */
export const operatorPage = (): string =>
  RELAYS[0] ? `https://${RELAYS[0]}/operator` : new URL('operator', document.baseURI).href
