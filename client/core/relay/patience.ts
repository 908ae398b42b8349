/** What a client does about SLOW and BUSY before it gives up: waits and works, within bounds (SPEC.md R1, A4). */
import { type Challenge, powBits } from '../../../shared/protocol/access.ts'
import type { Event } from '../../../shared/protocol/frames.ts'
import type { LogId } from '../../../shared/protocol/ids.ts'
import { MAX_POW_BITS } from '../../../shared/protocol/limits.ts'
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
  for (let asked = 1; ; asked++) {
    const answer = await ask(nonce)
    if (answer?.type !== 'refused' || asked === MAX_ASKED) return answer
    const { refusal } = answer
    const seconds = refusal.type === 'slow' ? Math.max(1, refusal.seconds) : undefined
    const bits = refusal.type === 'busy' && work !== undefined ? refusal.bits : undefined
    if (seconds !== undefined && waited + seconds <= MAX_WAIT_SECONDS) await sleep(timer, 1000 * seconds)
    else if (work !== undefined && bits !== undefined && bits <= MAX_POW_BITS)
      nonce = await findNonce(timer, work, bits)
    else return answer
    waited += seconds ?? 0
  }
}

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
