/**
 * What sending and fetching a file have in common: why it may stop, and how long it is tried. A file has a connection of its own (protocol.md section 5: one
 * group a connection), so that nothing of the committee waits behind it. Not here: what is asked (upload.ts, download.ts).
 */
import { err, type Result } from '../../../shared/base/result.ts'
import type { PublicKey } from '../../../shared/crypto/sodium.ts'
import type { Lie } from '../relay/evidence.ts'
import type { Timer } from '../relay/ports.ts'
import type { Failure, Relay } from '../relay/relay.ts'
import type { SinkFailure } from './ports.ts'

/**
 * offline, slow: later, from where it stopped. refused: the relay does not take it. lie: the relay was caught. stopped: by the person.
 * changed: what is to be sent is gone or not what it was. expired: the relay has dropped it, as was agreed. missing: the relay does not have all
 * of it, or lost it. spoiled: it is not what its author announced.
 */
export type TransferFailure =
  | {
      readonly type:
        | 'offline'
        | 'slow'
        | 'refused'
        | 'stopped'
        | 'changed'
        | 'expired'
        | 'missing'
        | 'spoiled'
        | SinkFailure
    }
  | { readonly type: 'lie'; readonly lie: Lie }

export const failed = (
  type: Exclude<TransferFailure['type'], 'lie'>,
): { readonly ok: false; readonly error: TransferFailure } => err({ type })

export const lied = (lie: Lie): { readonly ok: false; readonly error: TransferFailure } =>
  err({ type: 'lie', lie })

/** What a log of a file has said no to. `none` means that it is not there: whoever made it knows what that means. */
export const failureOf = (failure: Failure): TransferFailure => {
  if (failure.type === 'lie') return failure
  if (failure.type === 'offline') return { type: 'offline' }
  if (failure.type === 'none') return { type: 'missing' }
  return { type: failure.type === 'slow' || failure.type === 'busy' ? 'slow' : 'refused' }
}

/** `parts` of `of` are there. */
export type TransferProgress = { readonly parts: number; readonly of: number }

/** Who carries a file. `isStopped`: the person has had enough; looked at between two parts. */
export type Carrier = {
  readonly relay: Relay
  readonly signingKey: PublicKey
  readonly timer: Timer
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly onProgress: (progress: TransferProgress) => void
  readonly isStopped: () => boolean
}

/** Milliseconds between two tries, and tries without any progress: a minute and a half offline, half an hour of a relay that says SLOW. */
const PAUSE_MS = 3000
const TRIES = 30

/**
 * Tries again what failed for want of a connection or of the relay's leisure, as long as there is hope: a relay that could not be
 * reached at all is not waited for. `attempt` goes on from where the one before it stopped.
 */
export const persist = async <T>(
  carrier: Carrier,
  attempt: (carrier: Carrier) => Promise<Result<T, TransferFailure>>,
): Promise<Result<T, TransferFailure>> => {
  let reached: number | undefined
  let tries = 0
  const onProgress = (progress: TransferProgress): void => {
    if (progress.parts !== reached) tries = 0
    reached = progress.parts
    carrier.onProgress(progress)
  }
  for (;;) {
    const result = await attempt({ ...carrier, onProgress })
    if (result.ok || !mayPass(result.error, reached !== undefined)) return result
    if (carrier.isStopped()) return failed('stopped')
    tries++
    if (tries > TRIES) return result
    await new Promise<void>((resolve) => void carrier.timer(PAUSE_MS, resolve))
  }
}

const mayPass = ({ type }: TransferFailure, wasThere: boolean): boolean =>
  type === 'slow' || (type === 'offline' && wasThere)
