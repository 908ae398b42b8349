/** The people and values of this room, and the frozen values computed anew. */
import type { SeatId } from '../../../../client/core/governance/ids.ts'
import {
  decline,
  type Join,
  newNewcomer,
  newSponsor,
  offerOf,
  owed,
  ready,
  step,
} from '../../../../client/core/join/exchange.ts'
import { type Invite, newInvite, printInvite } from '../../../../client/core/join/invite.ts'
import { encodeItem, type Fields, type JoinItem } from '../../../../client/core/join/items.ts'
import { rendezvousOf } from '../../../../client/core/join/rendezvous.ts'
import { transcriptHash, wordsOf } from '../../../../client/core/join/transcript.ts'
import { committeeWords } from '../../../../client/core/join/words.ts'
import { utf8 } from '../../../../shared/base/bytes.ts'
import type { Result } from '../../../../shared/base/result.ts'
import { toHex } from '../../../../shared/base/text.ts'
import { cryptoReady, keyPairFromSeed, type PublicKey, sha256 } from '../../../../shared/crypto/sodium.ts'
import type { AdmissionSecret } from '../../../../shared/protocol/access.ts'
import type { Day } from '../../../../shared/protocol/ids.ts'

await cryptoReady

export const TODAY = 20_600 as Day
export const filled = (byte: number, size = 32): Uint8Array => new Uint8Array(size).fill(byte)

export const value = <T>(result: Result<T, unknown>): T => {
  if (!result.ok) throw new Error(`refused: ${String(result.error)}`)
  return result.value
}

export const anInvite = (addresses: readonly string[], more: Partial<Invite> = {}): Invite => ({
  ...newInvite(
    {
      kind: 'qr',
      secret: filled(1),
      admission: filled(2) as AdmissionSecret,
      relays: addresses.map((address, i) => ({
        address,
        key: { staticKey: filled(3 + i), signingKey: filled(5 + i) as PublicKey },
      })),
    },
    TODAY,
  ),
  ...more,
})

export const LOG = rendezvousOf(filled(1), 'qr').id
export const SPONSOR_KEY = keyPairFromSeed(filled(9))
export const OFFER = { suite: 84, rules: 1, joined: 0, seat: undefined } as const
export const aSponsor = (more: { nonce?: Uint8Array } = {}): Join =>
  newSponsor(LOG, OFFER, {
    nonce: more.nonce ?? filled(0x11),
    seat: '0a'.repeat(16) as SeatId,
    signatureKey: SPONSOR_KEY.publicKey,
  })
const BO = { type: 'member', handle: 'bo' } as const
export const REVEAL: Fields<'reveal'> = { keyPackage: utf8('a key package'), nonce: filled(0x22), as: BO }
export const OTHER: Fields<'reveal'> = {
  keyPackage: utf8('another key package'),
  nonce: filled(0x33),
  as: BO,
}

/** Another device of a seat that is there already, and what it reveals. */
export const FOR_DEVICE = { ...OFFER, seat: '0d'.repeat(16) as SeatId } as const
export const AS_DEVICE: Fields<'reveal'> = { ...REVEAL, as: { type: 'device', sealTo: filled(0x44) } }
export const aHost = (): Join =>
  newSponsor(LOG, FOR_DEVICE, {
    nonce: filled(0x11),
    seat: FOR_DEVICE.seat,
    signatureKey: SPONSOR_KEY.publicKey,
  })

export const through = (join: Join, log: readonly JoinItem[]): Join => log.reduce(step, join)

/** What a side owes and has not read back yet goes to the end of the log; both read; until nobody owes anything. */
export const talk = (
  start: { readonly sponsor: Join; readonly newcomer: Join },
  chosen: Fields<'reveal'> = REVEAL,
): { readonly sponsor: Join; readonly newcomer: Join; readonly log: readonly JoinItem[] } => {
  let { sponsor, newcomer } = start
  const log: JoinItem[] = []
  for (;;) {
    if (offerOf(newcomer) && owed(newcomer) === undefined) {
      const made = ready(newcomer, chosen)
      newcomer = made.ok ? made.value : newcomer
    }
    const item = owed(sponsor) ?? owed(newcomer)
    if (!item) return { sponsor, newcomer, log }
    log.push(item)
    sponsor = step(sponsor, item)
    newcomer = step(newcomer, item)
  }
}

export const whole = () => talk({ sponsor: aSponsor(), newcomer: newNewcomer(LOG, false) })
export const wordsIn = (join: Join): readonly string[] =>
  join.type === 'comparing' || join.type === 'confirmed' ? wordsOf(join.transcript) : []
export const reasonOf = (join: Join): string => (join.type === 'aborted' ? join.reason : join.type)

export type Vectors = {
  readonly invite: { readonly link: string; readonly rendezvous: string; readonly envelopeKey: string }
  readonly items: Readonly<Record<string, string>>
  readonly transcript: { readonly hash: string; readonly words: readonly string[] }
  readonly committee: {
    readonly anchor: string
    readonly authenticator: string
    readonly words: readonly string[]
  }
}

export const computed = (): Vectors => {
  const { log, sponsor, newcomer } = whole()
  const no = owed(value(decline(sponsor, SPONSOR_KEY.secretKey)))
  const welcome: JoinItem = {
    type: 'welcome',
    keyPackage: sha256(REVEAL.keyPackage),
    welcome: utf8('come in'),
  }
  const items = [...log, welcome, ...(no ? [no] : [])]
  const device = talk({ sponsor: aHost(), newcomer: newNewcomer(LOG, true) }, AS_DEVICE)
  const handover: JoinItem = { type: 'handover', sealed: utf8('sealed'), signature: filled(0x55, 64) }
  const named = [
    ...items.map((item) => [item.type, item] as const),
    ...device.log.map((item) => [`${item.type} (device)`, item] as const),
    ['handover', handover] as const,
  ]
  const { id, envelopeKey } = rendezvousOf(filled(1), 'qr')
  return {
    invite: {
      link: printInvite(anInvite(['wss://relay.example.org', 'wss://standby.example.net'])),
      rendezvous: toHex(id),
      envelopeKey: toHex(envelopeKey),
    },
    items: Object.fromEntries(named.map(([name, item]) => [name, toHex(encodeItem(item))])),
    transcript: {
      hash: newcomer.type === 'comparing' ? toHex(transcriptHash(newcomer.transcript)) : '',
      words: wordsIn(newcomer),
    },
    committee: {
      anchor: toHex(filled(0xa)),
      authenticator: toHex(filled(0xb, 64)),
      words: committeeWords(filled(0xa), filled(0xb, 64)),
    },
  }
}
