/** The only two scripts of which this client makes a URL: the worker that holds the core, and the loader. Browsers without Trusted Types take the text. */
import script from '../worker/worker.ts?worker&url'

export const WORKER = script
/** Beside the page, wherever that is served. */
export const LOADER = new URL('sw.js', document.baseURI).href

type Policy = { readonly createScriptURL: (url: string) => string }
type Factory = { readonly createPolicy: (name: string, rules: Policy) => Policy }

const only = (url: string): string => {
  if (url !== WORKER && url !== LOADER) throw new TypeError('not a script of this client')
  return url
}

const policy = (globalThis as { trustedTypes?: Factory }).trustedTypes?.createPolicy('tocsin', {
  createScriptURL: only,
})

export const scriptUrl = (url: string): string => policy?.createScriptURL(url) ?? url
