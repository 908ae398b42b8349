/**
 * What newcomer and sponsor said to each other, and the words that stand for all of it (protocol.md 4.4). All that the newcomer may
 * choose is committed to before the sponsor's nonce is known, and all that the sponsor may choose is said before the
 * newcomer's nonce is: so nobody, not even somebody who holds the invite and owns the relay, can try out values until two
 * transcripts show the same words. Not here: the order of saying it (exchange.ts).
 */

import { sameBytes, utf8 } from '../../../shared/base/bytes.ts'
import { encode, struct, type Value } from '../../../shared/base/codec.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import { logId } from '../../../shared/protocol/ids.ts'
import { type Fields, type ItemOf, turnPlaces } from './items.ts'
import { transcriptWords } from './words.ts'

/** Everything both sides said, and where: in order, each part with its length or of fixed size. */
export const transcript = struct({ log: logId, ...turnPlaces })
export type Transcript = Value<typeof transcript>

/** 32 bytes. */
export const transcriptHash = (value: Transcript): Uint8Array =>
  sha256(utf8('join transcript/1'), encode(transcript, value))

/** The three words on both screens. */
export const wordsOf = (value: Transcript): readonly string[] => transcriptWords(transcriptHash(value))

/**
 * The commitment to a reveal. It covers the handle too: what it left out, an attacker could vary after seeing the sponsor's
 * nonce, 2^33 times in a few minutes, until the words match.
 */
export const commitmentTo = (value: Fields<'reveal'>): ItemOf<'commitment'> => {
  const reveal: ItemOf<'reveal'> = { ...value, type: 'reveal' }
  const commitment = sha256(utf8('join commitment/1'), encode(turnPlaces.reveal, reveal))
  return { type: 'commitment', commitment }
}

export const isCommittedTo = (given: Fields<'commitment'>, value: Fields<'reveal'>): boolean =>
  sameBytes(given.commitment, commitmentTo(value).commitment)
