/**
 * Reading and writing the bulletin of a term, on a connection of its own: nothing in it shares a line with a committee's log (protocol.md 4.6). What was read is kept as the letters that
 * were heard and what each writer has used up; junk is not. Not here: what counts (city/bulletin.ts), what is said (cityCommands.ts).
 */
import { type Codec, list, mapped, struct, u8, u16, u32, varBytes } from '../../../shared/base/codec.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { fromHex } from '../../../shared/base/text.ts'
import { keyPairFromSeed, type PublicKey } from '../../../shared/crypto/sodium.ts'
import type { AdmissionSecret } from '../../../shared/protocol/access.ts'
import { type Bulletin, emptyBulletin, type Posting, readBulletin, sealPosting } from '../city/bulletin.ts'
import { type BulletinLog, type BulletinTerm, bulletinLogOf } from '../city/bulletinTerm.ts'
import { decodeLetter, encodeLetter } from '../city/letter.ts'
import { hashText } from '../governance/ids.ts'
import { createRelay } from '../relay/createRelay.ts'
import type { Failure, Relay } from '../relay/relay.ts'
import { newWitness, type Witness, witness } from '../relay/witness.ts'
import type { World } from './world.ts'

export type Read = Bulletin & { readonly witness: Witness }

const used = struct({ writer: u8, alert: u16, statement: u16, ring: u16, onIt: u16, hide: u16, opened: u16 })
const stored = struct({
  witness,
  posted: list(struct({ seq: u32, id: hashText, letter: varBytes(20_000) }), 20_000),
  used: list(used, 256),
})

export const storedBulletin: Codec<Read> = mapped(
  stored,
  (value): Read => {
    const posted = value.posted.flatMap(({ seq, id, letter: raw }) => {
      const letter = decodeLetter(raw)
      return letter ? [{ seq, id, letter }] : []
    })
    return {
      witness: value.witness,
      posted,
      used: new Map(value.used.map(({ writer, ...spent }) => [writer, spent])),
    }
  },
  (value) => ({
    witness: value.witness,
    posted: value.posted.map(({ seq, id, letter }) => ({ seq, id, letter: encodeLetter(letter) })),
    used: [...value.used].map(([writer, spent]) => ({ writer, ...spent })),
  }),
)

/** `writer`: the committee's own, as 32 bytes of hex. */
export const logOfTerm = (term: BulletinTerm, writer: string): BulletinLog =>
  bulletinLogOf(term, keyPairFromSeed(fromHex(writer) ?? bytesOfNothing))
const bytesOfNothing = new Uint8Array(32)

export const dialBulletin = (world: World, { relay }: BulletinTerm): Relay =>
  createRelay({
    dial: world.dial,
    timer: world.timer,
    redial: world.redial,
    random: world.chance,
    address: relay.address,
    relayKey: { staticKey: relay.staticKey, signingKey: relay.signingKey as PublicKey },
    admission: relay.admission as AdmissionSecret,
    onAdmission: () => undefined,
  })

type Place = { readonly relay: Relay; readonly log: BulletinLog; readonly term: BulletinTerm }

/** To the head. A log that nobody has made yet is empty. */
export const readAll = async (
  { relay, log, term }: Place,
  before: Read | undefined,
): Promise<Result<Read, Failure>> => {
  let read: Read = before ?? { ...emptyBulletin, witness: newWitness(log.access) }
  for (;;) {
    const pulled = await relay.pull(log.access, read.witness)
    if (!pulled.ok) return pulled.error.type === 'none' ? ok(read) : pulled
    const { witness: next, entries, atHead } = pulled.value
    read = { ...readBulletin(read, { log, term }, entries), witness: next }
    if (atHead) return ok(read)
  }
}

/** Durable at the relay when it resolves. Whoever is the first of a term makes the log; nobody else asks, because an alert waits for every trip. */
export const post = async ({ relay, log }: Place, posting: Posting): Promise<Result<undefined, Failure>> => {
  const isAlert = posting.signed.letter.says.type === 'alert' || posting.signed.letter.says.type === 'ring'
  const blob = sealPosting(log, posting)
  const append = () => relay.append(log.access, blob, { lifeDays: 7, alert: isAlert })
  const sent = await append()
  if (sent.ok || sent.error.type !== 'none') return sent.ok ? ok(undefined) : err(sent.error)
  const made = await relay.create(log.access)
  const again = made.ok ? await append() : made
  return again.ok ? ok(undefined) : err(again.error)
}
