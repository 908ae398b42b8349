/** The worker in which the core of the web client lives: the only place that knows the browser's clock, sockets, storage and timers. No rule is here. */
import { cryptoReady } from '../../../shared/crypto/sodium.ts'
import { expectPassphrase } from '../../core/crypto/passphrase.ts'
import type { Timer } from '../../core/relay/ports.ts'
import { createDoor } from './door.ts'
import type { FromWorker } from './port.ts'
import { postBrowser } from './postBrowser.ts'
import { createRedialing } from './redialing.ts'
import { dialBrowser } from './socketBrowser.ts'
import { hasVaultIdb, openVaultIdb } from './vaultIdb.ts'
import { createVaultLock } from './vaultLock.ts'

const NAME = 'tocsin'

const say = (message: FromWorker): void => globalThis.postMessage(message)

/** The browser tells what it let nobody speak to. */
const forbidden = new Set<string>()
globalThis.addEventListener('securitypolicyviolation', ({ blockedURI }) => {
  if (URL.canParse(blockedURI)) forbidden.add(new URL(blockedURI).host)
})

const timer: Timer = (delayMs, wake) => {
  const id = setTimeout(wake, delayMs)
  return () => clearTimeout(id)
}
const { redial, now } = createRedialing(timer)
globalThis.addEventListener('online', now)

const door = createDoor({
  world: {
    dial: dialBrowser,
    post: postBrowser,
    timer,
    redial,
    clock: Date.now,
    chance: Math.random,
  },
  storage: { has: () => hasVaultIdb(NAME), open: () => openVaultIdb(NAME) },
  lock: createVaultLock(NAME),
  tell: (event) => say({ event }),
  isForbidden: (host) => forbidden.has(host),
})

/** Whether there is a vault can be said without it: a slow phone shows its first screen meanwhile. */
const needsCrypto = (asked: unknown): boolean => (asked as { readonly do?: unknown } | null)?.do !== 'vault'

globalThis.onmessage = async ({ data }: MessageEvent<unknown>) => {
  if (needsCrypto(data)) await cryptoReady
  const answer = await door.ask(data)
  if (!answer) return
  say(answer)
  if (isLocked(answer)) await expectOnce()
}

/** Somebody looks for their passphrase now, or types it. */
const isLocked = (said: FromWorker): boolean =>
  'answer' in said && said.answer.ok && said.answer.value === 'locked'

let isExpected = false
const expectOnce = async (): Promise<void> => {
  if (isExpected) return
  isExpected = true
  await cryptoReady
  expectPassphrase()
}
