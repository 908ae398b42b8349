/** What a client does about SLOW and BUSY before it gives up: waits and works, within bounds (SPEC.md R1, A4). */
import { type Challenge, powBits } from '../../../shared/protocol/access.ts'
import type { Event } from '../../../shared/protocol/frames.ts'
import type { LogId } from '../../../shared/protocol/ids.ts'
import { MAX_POW_BITS } from '../../../shared/protocol/limits.ts'
import type { Refusal } from '../../../shared/protocol/refusals.ts'
import type { Timer } from './ports.ts'

type Answer = Exclude<Event, { type: 'greeting' }> | undefined

/** Seconds of waiting, all in all, before SLOW is handed on; a person who waits for a post has long looked up. */
const MAX_WAIT_SECONDS = 60

/** Times that one question is asked; each BUSY of a relay under load may ask for more bits. */
const MAX_ASKED = 6

/** Hashes between two looks at the event loop: some milliseconds. */
const SLICE = 1024

/** `work` is what BUSY is answered with; undefined where the question has no place for it. */
export const patiently = async <A extends Answer>(
  timer: Timer,
  work: { readonly challenge: Challenge; readonly log: LogId } | undefined,
  ask: (nonce: number | undefined) => Promise<A>,
): Promise<A> => {
  let nonce: number | undefined
  let waited = 0
  let answer = await ask(undefined)
  for (let asked = 1; asked < MAX_ASKED && answer?.type === 'refused'; asked++) {
    const { refusal } = answer
    const seconds = secondsToWait(refusal)
    if (seconds !== undefined && waited + seconds <= MAX_WAIT_SECONDS) {
      waited += seconds
      await sleep(timer, 1000 * seconds)
    } else if (work !== undefined && canBeWorked(refusal)) nonce = await findNonce(timer, work, refusal.bits)
    else break
    answer = await ask(nonce)
  }
  return answer
}

const secondsToWait = (refusal: Refusal): number | undefined =>
  refusal.type === 'slow' ? Math.max(1, refusal.seconds) : undefined

const canBeWorked = (refusal: Refusal): refusal is Extract<Refusal, { type: 'busy' }> =>
  refusal.type === 'busy' && refusal.bits <= MAX_POW_BITS

const sleep = (timer: Timer, delayMs: number): Promise<void> =>
  new Promise((resolve) => void timer(delayMs, resolve))

/** A4, in slices, so that nothing else on the device waits. */
const findNonce = async (
  timer: Timer,
  { challenge, log }: { readonly challenge: Challenge; readonly log: LogId },
  bits: number,
): Promise<number> => {
  let nonce = 0
  while (powBits(challenge, log, nonce) < bits) {
    nonce += 1
    if (nonce % SLICE === 0) await sleep(timer, 0)
  }
  return nonce
}
