/**
 * Saying and hearing the transcript, as one pure machine for both sides (protocol.md 4.4). Four items stand in the rendezvous in
 * fixed order: offer, commitment, answer, reveal. Each is read back from the log before it counts, one's own as well. The
 * same item again is a resend and changes nothing; another one in a place that is taken, or out of turn, means that somebody
 * else is using the invite, and ends it. After people have compared the words, nobody else can end or change anything.
 *
 * The shell: store the state, append what `owed` names, read the log from its start, `step` through it, and so again.
 */

import { concat, sameBytes, utf8 } from '../../../shared/base/bytes.ts'
import {
  bytes,
  type Codec,
  flag,
  list,
  mapped,
  oneByteOf,
  struct,
  type Value,
  variant,
} from '../../../shared/base/codec.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { unreachable } from '../../../shared/base/unreachable.ts'
import { type SecretKey, sha256, sign, verify } from '../../../shared/crypto/sodium.ts'
import { type LogId, logId } from '../../../shared/protocol/ids.ts'
import { RULES } from '../governance/charter.ts'
import { encodeItem, type Fields, type JoinItem, type TurnItem, turnItem } from './items.ts'
import { commitmentTo, isCommittedTo, type Transcript, transcript, transcriptHash } from './transcript.ts'

type Side = 'sponsor' | 'newcomer'

/**
 * Why a join ended. Each wants its own sentence on the screen, and all of them a new invite. `second_newcomer`,
 * `second_sponsor`: somebody else is using this invite. `reveal_changed`: not what was committed to. `other_rules`: the committee's, of another
 * version than this client knows (V8).
 */
const ABORT_REASONS = [
  'second_newcomer',
  'second_sponsor',
  'reveal_changed',
  'out_of_order',
  'words_differ',
  'other_rules',
] as const
export type AbortReason = (typeof ABORT_REASONS)[number]

const oneOf = <const N extends readonly string[]>(names: N): Codec<N[number]> =>
  mapped(
    oneByteOf(names.map((_, i) => i)),
    (i) => names[i],
    (name) => names.indexOf(name),
  )

const side = oneOf(['sponsor', 'newcomer'] as const)
const items = list(turnItem, 4)

/** For the vault: a newcomer's `mine` holds the nonce, which is secret until it is said. */
export const joinCodec = variant({
  /**
   * `said`: read from the log, in order. `mine`: what this side says in its turns; a newcomer's from `ready` on. `isDevice`: the invite was
   * for another device of a member.
   */
  talking: [1, struct({ side, isDevice: flag, log: logId, said: items, mine: items })],
  /** Both screens show the words. */
  comparing: [2, struct({ side, transcript })],
  /** The person at this screen said that they match. */
  confirmed: [3, struct({ side, transcript })],
  /** The sponsor's no, not read back yet. */
  declining: [4, struct({ signature: bytes(64) })],
  declined: [5, struct({})],
  aborted: [6, struct({ reason: oneOf(ABORT_REASONS) })],
})
export type Join = Value<typeof joinCodec>

type Talking = Extract<Join, { readonly type: 'talking' }>
type Comparing = Extract<Join, { readonly type: 'comparing' | 'confirmed' }>
type Turn = TurnItem['type']

const TURNS: readonly Turn[] = ['offer', 'commitment', 'answer', 'reveal']
const SPEAKER: Record<Turn, Side> = {
  offer: 'sponsor',
  commitment: 'newcomer',
  answer: 'sponsor',
  reveal: 'newcomer',
}

/** `given.nonce`: 32 fresh random bytes, secret until the answer, never in a second rendezvous. */
export const newSponsor = (log: LogId, offered: Fields<'offer'>, given: Fields<'answer'>): Join => ({
  type: 'talking',
  side: 'sponsor',
  isDevice: offered.seat !== undefined,
  log,
  said: [],
  mine: [
    { type: 'offer', ...offered },
    { type: 'answer', ...given },
  ],
})

export const newNewcomer = (log: LogId, isDevice: boolean): Join => ({
  type: 'talking',
  side: 'newcomer',
  isDevice,
  log,
  said: [],
  mine: [],
})

/** What the newcomer has to make a key package for, once it has been heard. */
export const offerOf = (join: Join): Fields<'offer'> | undefined => {
  if (join.type === 'comparing' || join.type === 'confirmed') return join.transcript.offer
  if (join.type !== 'talking') return undefined
  return join.said.find((item) => item.type === 'offer')
}

/** The newcomer has made its key package for the offer. `nonce`: 32 fresh random bytes. */
export const ready = (join: Join, chosen: Fields<'reveal'>): Result<Join, 'not_now'> => {
  const isTurn = join.type === 'talking' && join.said.length === 1 && join.mine.length === 0
  if (!isTurn) return err('not_now')
  return ok({ ...join, mine: [commitmentTo(chosen), { type: 'reveal', ...chosen }] })
}

/** What this side has to append now; the same until it is read back, so that a crash costs at most a copy in the log. */
export const owed = (join: Join): JoinItem | undefined => {
  if (join.type === 'declining') return { ...join, type: 'declined' }
  if (join.type !== 'talking') return undefined
  const turn = TURNS[join.said.length]
  return join.mine.find((item) => item.type === turn)
}

/** One item read from the log, whoever wrote it. */
export const step = (join: Join, item: JoinItem): Join => {
  switch (join.type) {
    case 'talking':
      return isTurnItem(item) ? hear(join, item) : join
    case 'comparing':
      return isTurnItem(item) ? hearAgain(join, item) : hearNo(join, item)
    case 'confirmed':
      return hearNo(join, item)
    case 'declining':
      return isSame(owed(join), item) ? { type: 'declined' } : join
    case 'declined':
    case 'aborted':
      return join
    default:
      return unreachable(join)
  }
}

/** The people have compared the words: they match. */
export const confirm = (join: Join): Result<Join, 'not_now'> =>
  join.type === 'comparing' ? ok({ ...join, type: 'confirmed' }) : err('not_now')

/** They do not: somebody stands between the two. Nothing more is said in this rendezvous. */
export const wordsDiffer = (join: Join): Result<Join, 'not_now'> =>
  join.type === 'comparing' ? ok(aborted('words_differ')) : err('not_now')

/** The sponsor, or the committee, says no. `key`: the secret half of the answer's signature key. */
export const decline = (join: Join, key: SecretKey): Result<Join, 'not_now'> => {
  const isHeld = join.type === 'comparing' || join.type === 'confirmed'
  if (!isHeld || join.side !== 'sponsor') return err('not_now')
  return ok({ type: 'declining', signature: sign(key, declineBytes(join.transcript)) })
}

/**
 * A Welcome in the log that is for this newcomer, and only once the words are confirmed: after that, read the log from its start
 * again. Whoever holds the invite could have written it: it counts if it leads into a group in which the answer's seat
 * and signature key are a leaf.
 */
export const welcomeFor = (join: Join, item: JoinItem): Uint8Array | undefined => {
  if (join.type !== 'confirmed' || join.side !== 'newcomer' || item.type !== 'welcome') return undefined
  return sameBytes(item.keyPackage, sha256(join.transcript.reveal.keyPackage)) ? item.welcome : undefined
}

const aborted = (reason: AbortReason): Join => ({ type: 'aborted', reason })

const isTurnItem = (item: JoinItem): item is TurnItem => TURNS.some((turn) => turn === item.type)

const isSame = (a: JoinItem | undefined, b: JoinItem): boolean =>
  a !== undefined && sameBytes(encodeItem(a), encodeItem(b))

/** Somebody else speaks for the side whose turn this is. */
const foreign = (item: TurnItem): Join => aborted(`second_${SPEAKER[item.type]}`)

const hear = (join: Talking, item: TurnItem): Join => {
  const place = TURNS.indexOf(item.type)
  if (place > join.said.length) return aborted('out_of_order')
  if (place < join.said.length) return isSame(join.said[place], item) ? join : foreign(item)
  const isMine = SPEAKER[item.type] === join.side
  if (isMine && !isSame(owed(join), item)) return foreign(item)
  if (item.type === 'offer' && item.rules !== RULES) return aborted('other_rules')
  if (!isMeant(join, item)) return aborted('out_of_order')
  return withSaid(join, [...join.said, item])
}

/** An invite for a device brings in a device of the seat it names, and one for a person a person. */
const isMeant = ({ isDevice }: Talking, item: TurnItem): boolean => {
  if (item.type === 'offer') return (item.seat !== undefined) === isDevice
  return item.type !== 'reveal' || (item.as.type === 'device') === isDevice
}

const withSaid = (join: Talking, said: readonly TurnItem[]): Join => {
  const [offer, commitment, answer, reveal] = said
  const isWhole =
    offer?.type === 'offer' &&
    commitment?.type === 'commitment' &&
    answer?.type === 'answer' &&
    reveal?.type === 'reveal'
  if (!isWhole) return { ...join, said }
  if (!isCommittedTo(commitment, reveal)) return aborted('reveal_changed')
  const { side, log } = join
  return { type: 'comparing', side, transcript: { log, offer, commitment, answer, reveal } }
}

const hearAgain = (join: Comparing, item: TurnItem): Join =>
  isSame(join.transcript[item.type], item) ? join : foreign(item)

const declineBytes = (value: Transcript): Uint8Array => concat(utf8('join declined/1'), transcriptHash(value))

const hearNo = (join: Comparing, item: JoinItem): Join => {
  if (item.type !== 'declined' || join.side !== 'newcomer') return join
  const { signatureKey } = join.transcript.answer
  return verify(signatureKey, declineBytes(join.transcript), item.signature) ? { type: 'declined' } : join
}
