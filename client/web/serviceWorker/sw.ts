/**
 * The loader: keeps one release of the client on this device and hands out that and nothing else, whatever the server would send. It follows to another
 * release only when it is asked to, and only to one that openRelease lets follow (shared/release).
 *
 * It stays the same, byte for byte, from release to release (shared/release/loader.json holds which bytes): a browser fetches a changed one by itself, and that
 * is the alarm (page/release.svelte.ts). Not prevented here: a changed loader, a first visit, a reload past it, cleared site data (SECURITY.md).
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { toHex } from '../../../shared/base/text.ts'
import { fileType } from '../../../shared/release/fileType.ts'
import {
  openRelease,
  type Pin,
  type Primitives,
  parseSigned,
  type Release,
  type Signers,
} from '../../../shared/release/release.ts'
import { type BellScope, keepWords, rung, touched } from './bell.ts'
import type { FromLoader, ToLoader } from './loaderPort.ts'

/** From signers.json, by the build. */
declare const __SIGNERS__: Signers

type Lasting = Event & { readonly waitUntil: (work: Promise<unknown>) => void }
type Installing = Lasting & {
  /** Chromium from 123 on. */
  readonly addRoutes?: (rule: {
    readonly condition: { readonly urlPattern: string }
    readonly source: 'fetch-event'
  }) => Promise<void>
}
type Fetching = Lasting & {
  readonly request: Request
  readonly respondWith: (answer: Promise<Response>) => void
}
type Asking = Lasting & { readonly data: ToLoader; readonly ports: readonly MessagePort[] }
type Touching = Lasting & { readonly notification: Notification }
type Scope = BellScope & {
  readonly clients: { readonly claim: () => Promise<void> }
  readonly addEventListener: {
    (type: 'install', hear: (event: Installing) => void): void
    (type: 'activate', hear: (event: Lasting) => void): void
    (type: 'fetch', hear: (event: Fetching) => void): void
    (type: 'message', hear: (event: Asking) => void): void
    (type: 'push', hear: (event: Lasting) => void): void
    (type: 'notificationclick', hear: (event: Touching) => void): void
  }
}

const scope = globalThis as unknown as Scope
const base = scope.registration.scope

const PIN = `${base}pin.json`
const OFFERED: ReadonlySet<string> = new Set([`${base}release.json`, `${base}sw.js`])
const CONTROL = 'tocsin.pin'
const cacheOf = (id: string): string => `tocsin.release.${id}`

const primitives: Primitives = {
  sha256: async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource)),
  isSigned: (key, message, signature) => {
    try {
      return ed25519.verify(signature, message, key, { zip215: false })
    } catch {
      return false
    }
  },
}

type Kept = { readonly pin: Pin; readonly release: Release }

const kept = async (): Promise<Kept | undefined> => {
  const found = await (await caches.open(CONTROL)).match(PIN)
  return found ? ((await found.json()) as Kept) : undefined
}

/** Every file first, the pin last: what is interrupted changes nothing. */
const take = async (text: string): Promise<FromLoader> => {
  const signed = parseSigned(text)
  if (signed === undefined) return { error: 'malformed' }
  const opened = await openRelease(signed, { pin: (await kept())?.pin, signers: __SIGNERS__ }, primitives)
  if (!opened.ok) return { error: opened.error }
  const { pin, release } = opened.value
  const name = cacheOf(pin.id)
  const isWhole = await fill(await caches.open(name), release)
  if (!isWhole) {
    await caches.delete(name)
    return { error: 'other_files' }
  }
  await (await caches.open(CONTROL)).put(PIN, new Response(JSON.stringify({ pin, release })))
  for (const other of await caches.keys())
    if (other.startsWith(cacheOf('')) && other !== name) await caches.delete(other)
  return { id: pin.id, name: release.name, isSigned: pin.signers.threshold > 0 }
}

const fill = async (cache: Cache, { files, headers }: Release): Promise<boolean> => {
  for (const [path, hash] of Object.entries(files)) {
    const body = await fetched(path)
    if (body === undefined || toHex(await primitives.sha256(body)) !== hash) return false
    const type = fileType(path) ?? 'application/octet-stream'
    await cache.put(
      base + path,
      new Response(body as BodyInit, { headers: { ...headers, 'content-type': type } }),
    )
  }
  return true
}

/** Without credentials, so that no answer can clear what this site keeps. */
const fetched = async (path: string): Promise<Uint8Array | undefined> => {
  const answer = await fetch(base + path, {
    cache: 'no-cache',
    credentials: 'omit',
    redirect: 'error',
  }).catch(() => undefined)
  return answer?.ok ? new Uint8Array(await answer.arrayBuffer()) : undefined
}

const takeFirst = async (): Promise<void> => {
  if (await kept()) return
  const text = await fetched('release.json')
  const taken = text ? await take(new TextDecoder().decode(text)) : { error: 'malformed' as const }
  if ('error' in taken) throw new Error(taken.error)
}

/** A navigation anywhere but to the client itself is not this client's: nothing that the server has there may run beside it. */
const answer = async (request: Request): Promise<Response> => {
  const now = await kept()
  if (!now) return Response.error()
  const path = request.url.slice(base.length).replace(/[#?].*$/, '')
  const file = await (await caches.open(cacheOf(now.pin.id))).match(
    base + (path === '' ? 'index.html' : path),
  )
  return file ?? new Response('not in this release', { status: 404, headers: now.release.headers })
}

const answerAsked = async (asked: ToLoader): Promise<FromLoader> => {
  if ('adopt' in asked) return take(asked.adopt)
  if ('words' in asked) await keepWords(scope, asked.words)
  const now = await kept()
  if (!now) return { error: 'malformed' }
  return { id: now.pin.id, name: now.release.name, isSigned: now.pin.signers.threshold > 0 }
}

/** Asked by a script, that is; opened as a page it would run. */
const isQuestion = ({ url, mode }: Request): boolean => mode !== 'navigate' && OFFERED.has(url)

scope.addEventListener('install', (event) => {
  event.waitUntil(takeFirst())
  // Newer browsers ask the server for the page while they start the loader: it would be told of every opening, for an answer that nobody uses
  const all = { condition: { urlPattern: `${base}*` }, source: 'fetch-event' } as const
  event.waitUntil(event.addRoutes?.(all).catch(() => undefined) ?? Promise.resolve())
})
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()))
scope.addEventListener('fetch', (event) => {
  // What is offered, and which loader the server has now, the page asks of the server itself; it runs nothing of it.
  if (!event.request.url.startsWith(base) || isQuestion(event.request)) return
  event.respondWith(answer(event.request))
})
scope.addEventListener('message', (event) => {
  event.waitUntil(answerAsked(event.data).then((said) => event.ports[0]?.postMessage(said)))
})
scope.addEventListener('push', (event) => event.waitUntil(rung(scope)))
scope.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(touched(scope))
})
