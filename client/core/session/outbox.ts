/** What this device said and has not read back yet. A payload keeps its id and counter however often it is sealed again. */
import { decodeContent, type KnownContent } from '../committee/content.ts'
import {
  decodePayload,
  encodePayload,
  type Payload,
  payloadHash,
  type Saying,
  type SeenHead,
} from '../epochlog/payload.ts'
import { newId } from '../governance/ids.ts'
import { type Book, numberKey } from './book.ts'
import type { Desk } from './desk.ts'
import type { Epoch, Outgoing } from './state.ts'

const NOTHING_SEEN: SeenHead = { log: 0, seq: 0, chain: new Uint8Array(32) }

/** Gives a saying its place in this device's chain of payloads and puts it into the outbox; its id, 32 hex digits. */
export const queue = (desk: Desk, said: Saying, id = newId<string>(desk.random)): string => {
  const { book } = desk
  const { counter, previous } = book.own()
  const payload: Payload = {
    id,
    counter: counter + 1,
    at: desk.clock(),
    previous,
    seen: NOTHING_SEEN,
    said,
  }
  const number = counter + 1
  book.outgoing.put(numberKey(number), {
    number,
    id,
    payload: encodePayload(payload),
    sealed: undefined,
  })
  book.setOwn({ counter: counter + 1, previous: payloadHash(payload) })
  return id
}

/** Something that was said here and is not in the log yet. */
export type Unsent = { readonly id: string; readonly at: number; readonly content: KnownContent }

/** Oldest first. */
export const unsentIn = ({ outgoing }: Pick<Book, 'outgoing'>): readonly Unsent[] =>
  outgoing.all().flatMap((waiting) => {
    const { id, at, said } = ownPayload(waiting)
    const content = said.type === 'content' ? decodeContent(said.content) : undefined
    return content?.ok && content.value.type !== 'unknown' ? [{ id, at, content: content.value }] : []
  })

/** The payload as it is sealed now: with the newest entry that this device has seen in the epoch. */
export const payloadFor = (epoch: Epoch, waiting: Outgoing): Payload => ({
  ...ownPayload(waiting),
  seen: newestSeen(epoch),
})

export const newestSeen = (epoch: Epoch): SeenHead => {
  const log = epoch.witnesses.length - 1
  const witness = epoch.witnesses[log]
  return witness ? { log, seq: witness.seq, chain: witness.chain } : NOTHING_SEEN
}

/** Throws if what was stored is no payload: it was ours. */
export const ownPayload = (waiting: Outgoing): Payload => {
  const decoded = decodePayload(waiting.payload)
  if (!decoded.ok) throw new Error('stored payload does not decode')
  return decoded.value
}
