/**
 * Which release runs here, whether it is kept on this device, what the server offers instead, and the alarm when it sends another loader. The page asks; the
 * loader decides what may follow (serviceWorker/sw.ts). Not here: the words, and telling the committee (Trust.svelte).
 */
import { getContext, setContext } from 'svelte'
import { toHex } from '../../../shared/base/text.ts'
import { parseRelease, parseSigned, releaseId } from '../../../shared/release/release.ts'
import type { FromLoader, ToLoader } from '../serviceWorker/loaderPort.ts'
import { LOADER, scriptUrl } from './scriptUrl.ts'

type Running = Extract<FromLoader, { readonly id: string }>
type Refused = Extract<FromLoader, { readonly error: string }>['error']
/** SHA-256 of the loader's bytes, in hex: set by the build. */
declare const __LOADER__: string

/** `text`: what the loader gets if the person agrees. */
type Offered = { readonly id: string; readonly name: string; readonly text: string }

export type Releases = {
  /** Once, when the first screen is there: a moment later the loader fetches every file of the release, or is compared with that of the server. */
  readonly start: () => Promise<void>
  /** passing: this page came from the server as it is now, and so will the next one. */
  readonly kept: 'asking' | 'kept' | 'passing'
  readonly running: Running | undefined
  readonly offered: Offered | undefined
  /** Since somebody looked at it last. */
  readonly isLoaderChanged: boolean
  /** A committee knows of it. */
  readonly isTold: boolean
  readonly told: () => void
  /** The person has been told. */
  readonly settle: () => void
  /** Loads the page again when it is done. */
  readonly adopt: () => Promise<Refused | undefined>
}

const CHANGED = 'loaderChanged'
const ANSWER_MS = 60_000
/** After the first screen: by then a slow phone has drawn it, out of what it keeps. */
const DRAWN_MS = 1000
const LOOK_MS = 6 * 3_600_000

/** Undefined where none is in charge of this page, or it does not answer. */
export const tellLoader = (asked: ToLoader): Promise<FromLoader | undefined> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }: MessageEvent<FromLoader>) => resolve(data)
    setTimeout(() => resolve(undefined), ANSWER_MS)
    const loader = navigator.serviceWorker.controller
    if (loader) loader.postMessage(asked, [port2])
    else resolve(undefined)
  })

const controlled = (): Promise<unknown> =>
  navigator.serviceWorker.controller
    ? Promise.resolve()
    : new Promise((resolve) =>
        navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
      )

const isUnderWay = ({ installing, waiting }: ServiceWorkerRegistration): boolean =>
  installing !== null || waiting !== null

const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource))

/** What the server has now. Nothing of it runs. */
const fetched = async (path: string): Promise<ArrayBuffer | undefined> => {
  const asked = { cache: 'no-cache', credentials: 'omit', redirect: 'error' } as const
  const answer = await fetch(path, asked).catch(() => undefined)
  return answer?.ok ? answer.arrayBuffer() : undefined
}

const offeredNow = async (): Promise<Offered | undefined> => {
  const text = new TextDecoder().decode(await fetched('release.json'))
  const signed = parseSigned(text)
  const release = signed && parseRelease(signed.release)
  if (!signed || !release) return undefined
  return { id: await releaseId(signed.release, { sha256, isSigned: () => false }), name: release.name, text }
}

export const createReleases = (): Releases => {
  let kept = $state<Releases['kept']>('asking')
  let running = $state.raw<Running>()
  let offered = $state.raw<Offered>()
  let isTold = $state(false)
  let isLoaderChanged = $state(localStorage.getItem(CHANGED) !== null)

  const alarm = (): void => {
    localStorage.setItem(CHANGED, '1')
    isLoaderChanged = true
  }
  const look = async (): Promise<void> => {
    const found = await offeredNow()
    offered = found && found.id !== running?.id ? found : undefined
    const loader = await fetched('sw.js')
    if (loader && toHex(await sha256(new Uint8Array(loader))) !== __LOADER__) alarm()
  }
  /** What the browser finds by itself is heard of from the first moment on; for that nothing is asked of the network. */
  const heed = async (): Promise<boolean> => {
    const kept = await navigator.serviceWorker.getRegistration()
    if (!kept?.active) return false
    kept.addEventListener('updatefound', alarm)
    if (isUnderWay(kept)) alarm()
    return true
  }
  const start = async (): Promise<void> => {
    const isHeeded = await heed()
    await new Promise((drawn) => setTimeout(drawn, DRAWN_MS))
    const registration = await navigator.serviceWorker.register(scriptUrl(LOADER), { updateViaCache: 'none' })
    if (!isHeeded)
      registration.addEventListener('updatefound', () => {
        if (registration.active) alarm()
      })
    await controlled()
    const said = await tellLoader({ is: 'asking' })
    running = said && 'id' in said ? said : undefined
    kept = running ? 'kept' : 'passing'
    if (!running) return
    await look()
    setInterval(() => void look(), LOOK_MS)
  }
  return {
    start: async () => {
      if ('serviceWorker' in navigator && isSecureContext) await start().catch(() => undefined)
      if (kept === 'asking') kept = 'passing'
    },
    get kept() {
      return kept
    },
    get running() {
      return running
    },
    get offered() {
      return offered
    },
    get isLoaderChanged() {
      return isLoaderChanged
    },
    get isTold() {
      return isTold
    },
    told: () => {
      isTold = true
    },
    settle: () => {
      localStorage.removeItem(CHANGED)
      isLoaderChanged = false
    },
    adopt: async () => {
      if (!offered) return undefined
      const said = await tellLoader({ adopt: offered.text })
      if (!said || 'error' in said) return said?.error ?? 'other_files'
      location.reload()
      return undefined
    },
  }
}

const KEY = Symbol('releases')

export const provideReleases = (releases: Releases): Releases => setContext(KEY, releases)
export const useReleases = (): Releases => getContext<Releases>(KEY)
