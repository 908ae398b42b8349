/**
 * What a ring of the bell comes to: pages that are open look for what is new themselves; where none is in sight, the neutral words that the
 * person chose are shown, and nothing else, since nothing can be opened here. A ring carries no content. Not here: keeping releases (sw.ts).
 */
import { RUNG } from './loaderPort.ts'

type Window = {
  readonly visibilityState: 'visible' | 'hidden'
  readonly postMessage: (said: string) => void
  readonly focus: () => Promise<unknown>
}
export type BellScope = {
  readonly registration: {
    readonly scope: string
    readonly showNotification: (title: string, options: NotificationOptions) => Promise<void>
  }
  readonly clients: {
    readonly matchAll: (of: { readonly type: 'window' }) => Promise<readonly Window[]>
    readonly openWindow: (url: string) => Promise<unknown>
  }
}

const CONTROL = 'tocsin.bell'
/** Until somebody chose others. */
const FIRST_WORDS = 'Reminder'
const MAX_WORDS = 60

const placeIn = (scope: BellScope): string => `${scope.registration.scope}bell.words`

export const keepWords = async (scope: BellScope, words: string): Promise<void> =>
  (await caches.open(CONTROL)).put(placeIn(scope), new Response(words.slice(0, MAX_WORDS)))

/** One notification, however often it rings: nobody can count alarms on a locked screen. */
export const rung = async (scope: BellScope): Promise<void> => {
  const windows = await scope.clients.matchAll({ type: 'window' })
  for (const window of windows) window.postMessage(RUNG)
  if (windows.some(({ visibilityState }) => visibilityState === 'visible')) return
  const kept = await (await caches.open(CONTROL)).match(placeIn(scope))
  const words = (await kept?.text()) || FIRST_WORDS
  await scope.registration.showNotification(words, { tag: 'bell', renotify: true } as NotificationOptions)
}

export const touched = async (scope: BellScope): Promise<void> => {
  const [window] = await scope.clients.matchAll({ type: 'window' })
  await (window ? window.focus() : scope.clients.openWindow(scope.registration.scope))
}
