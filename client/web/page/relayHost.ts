/** A page may speak to its own relay only, or to the one that it was built for: the browser holds it to that. Said beforehand, in words. */

const RELAY = import.meta.env.VITE_TOCSIN_RELAY

/** The host of an address, if this page cannot speak to it. Undefined as well for what is no address: the worker says so. */
export const foreignRelay = (address: string): string | undefined => {
  const [url = ''] = address.trim().split('#')
  if (!URL.canParse(url)) return undefined
  const { host } = new URL(url)
  return host === location.host || host === RELAY ? undefined : host
}

/** Where the relay tells about itself: beside the client that it serves, or at the one elsewhere. */
export const operatorPage = (): string =>
  RELAY ? `https://${RELAY}/operator` : new URL('operator', document.baseURI).href
