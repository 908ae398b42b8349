/** A client's relay at its desk: the contract of client/core/relay, the in-memory relay behind it, a timer that the test moves. */
import type { Test } from 'tap'
import { createRelay } from '../../client/core/relay/createRelay.ts'
import type { LieKind } from '../../client/core/relay/evidence.ts'
import { observePage, type Page } from '../../client/core/relay/observe.ts'
import type { Failure, LogAccess, Relay, RelayDeps, RelayState } from '../../client/core/relay/relay.ts'
import { newWitness, type Witness } from '../../client/core/relay/witness.ts'
import type { Result } from '../../shared/base/result.ts'
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import type { AdmissionSecret } from '../../shared/protocol/access.ts'
import { createFakeTimer, type FakeTimer } from './fakeTimer.ts'
import { testAccess, testBlob } from './memoryLog.ts'
import { createMemoryRelay, type MemoryRelay } from './memoryRelay.ts'

await cryptoReady

export const access = testAccess(1)

export type Desk = {
  readonly far: MemoryRelay
  readonly near: Relay
  readonly clock: FakeTimer
  readonly learned: AdmissionSecret[]
  readonly states: RelayState[]
}

export const openDesk = (t: Test, far = createMemoryRelay(), deps: Partial<RelayDeps> = {}): Desk => {
  const clock = createFakeTimer()
  const learned: AdmissionSecret[] = []
  const near = createRelay({
    dial: far.dial,
    timer: clock.timer,
    random: () => 0.5,
    address: far.address,
    relayKey: far.relayKey,
    admission: far.admission,
    onAdmission: (secret) => learned.push(secret),
    ...deps,
  })
  const states: RelayState[] = []
  near.onState((state) => states.push(state))
  t.teardown(near.close)
  return { far, near, clock, learned, states }
}

/** A desk with a log of `length` entries, written by itself. */
export const withLog = async (t: Test, length = 0, of: LogAccess = access): Promise<Desk> => {
  const desk = openDesk(t)
  await value(desk.near.create(of))
  for (let i = 1; i <= length; i++) await value(desk.near.append(of, testBlob(`entry ${i}`), LIFE))
  return desk
}

export const LIFE = { lifeDays: 7 } as const

export const value = async <T>(promise: Promise<Result<T, Failure>>): Promise<T> => {
  const result = await promise
  if (!result.ok) throw new Error(`failed: ${JSON.stringify(result.error)}`)
  return result.value
}
export const failure = async (
  promise: Promise<Result<unknown, Failure>>,
): Promise<Failure['type'] | 'none of them'> => {
  const result = await promise
  return result.ok ? 'none of them' : result.error.type
}
export const lieOf = async (promise: Promise<Result<unknown, Failure>>): Promise<LieKind | undefined> => {
  const result = await promise
  return !result.ok && result.error.type === 'lie' ? result.error.lie.kind : undefined
}

export const readAll = async (
  near: Relay,
  from: Witness = newWitness(access),
  of: LogAccess = access,
): Promise<Witness> => {
  for (let witness = from; ; ) {
    const page = await value(near.pull(of, witness))
    witness = page.witness
    if (page.atHead) return witness
  }
}

/** A watcher that feeds its own witness. */
export const follow = ({ near, far }: Desk, from: Witness = newWitness(access), of: LogAccess = access) => {
  const seen = { witness: from, texts: [] as string[], pages: [] as Page[], faults: [] as unknown[] }
  const stop = near.watch(of, {
    witness: () => seen.witness,
    onPage: (page) => {
      seen.pages.push(page)
      const result = observePage(seen.witness, far.relayKey.signingKey, page)
      if (!result.ok) return void seen.faults.push(result.error.kind)
      seen.witness = result.value.witness
      for (const { blob } of result.value.entries) seen.texts.push(textOf(blob))
    },
    onEnd: (failed) => seen.faults.push(failed.type),
  })
  return { seen, stop }
}
export const textOf = (blob: Uint8Array | undefined): string =>
  new TextDecoder().decode(blob?.slice(0, blob.indexOf(0)))
