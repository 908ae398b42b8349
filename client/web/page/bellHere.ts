/** Letting a bell ring this browser: what its person has to allow, and the address at the push service that comes of it. Not here: telling the bell (the worker), and what a ring shows (serviceWorker/bell.ts). */
import { RUNG } from '../serviceWorker/loaderPort.ts'
import type { Core } from './core.svelte.ts'

/** denied: its person has to allow it first. impossible: this browser, or this page, cannot be rung. */
type Subscribed = { readonly endpoint: string } | 'denied' | 'impossible'

const registered = async (): Promise<ServiceWorkerRegistration | undefined> =>
  'serviceWorker' in navigator && 'PushManager' in globalThis
    ? navigator.serviceWorker.getRegistration()
    : undefined

/** `key`: the bell's; a subscription under another one ends. */
export const subscribeHere = async (key: Uint8Array): Promise<Subscribed> => {
  const registration = await registered()
  if (!registration) return 'impossible'
  if ((await Notification.requestPermission()) !== 'granted') return 'denied'
  const options = { userVisibleOnly: true, applicationServerKey: new Uint8Array(key) }
  const subscribed = await registration.pushManager
    .subscribe(options)
    .catch(async () => {
      await (await registration.pushManager.getSubscription())?.unsubscribe()
      return registration.pushManager.subscribe(options)
    })
    .catch(() => undefined)
  return subscribed ? { endpoint: subscribed.endpoint } : 'impossible'
}

/** The push service then says that there is nobody any more. */
export const unsubscribeHere = async (): Promise<void> => {
  const registration = await registered()
  const subscription = await registration?.pushManager.getSubscription().catch(() => null)
  await subscription?.unsubscribe().catch(() => false)
}

/** Somebody is needed, or it is a regular round: what is new is looked for, as far as the lock allows. The answer ends it. */
export const hearBell = (core: Core): (() => void) => {
  if (!('serviceWorker' in navigator)) return () => undefined
  const hear = ({ data }: MessageEvent<unknown>): void => {
    if (data !== RUNG) return
    for (const { committee } of core.frames) void core.ask('sync', { committee })
  }
  navigator.serviceWorker.addEventListener('message', hear)
  return () => navigator.serviceWorker.removeEventListener('message', hear)
}

/** A browser may move what it subscribed to: the bell is told. */
export const keepBell = async (core: Core): Promise<void> => {
  const bell = await core.ask('bell', {})
  if (!bell.ok || !bell.value?.endpoint) return
  const registration = await registered()
  const subscription = await registration?.pushManager.getSubscription().catch(() => null)
  if (!subscription || subscription.endpoint === bell.value.endpoint) return
  const { address, rung } = bell.value
  await core.ask('bellOn', { address, ...(rung && { rung }), endpoint: subscription.endpoint })
}
