/**
 * Calls of other committees as this phone can read them (product.md 3.E, ring R1): those on duty open what was sealed to them, delegates what was sealed to all of them, everybody
 * else sees that somebody calls. Not here: how a call goes out (calling.ts).
 */

import { fromHex } from '../../../shared/base/text.ts'
import type { KeyPair } from '../../../shared/crypto/sodium.ts'
import { keyPairFromSeed } from '../../../shared/crypto/sodium.ts'
import type { Posted } from '../city/bulletin.ts'
import type { BulletinTerm } from '../city/bulletinTerm.ts'
import { type Called, dutyKeyOf, openCall } from '../city/call.ts'
import type { Alarm } from '../committee/alarmLife.ts'
import type { Assembly } from '../committee/assemblyLife.ts'
import { callsOf } from '../committee/calls.ts'
import type { Committee } from '../committee/committee.ts'
import { decodeRing1, type Ring1 } from '../committee/ring.ts'

export type BulletinView = {
  readonly term: BulletinTerm
  readonly posted: readonly Posted[]
}

export type CityAnswer = { readonly card: string; readonly text: string }

export type CallHeard = {
  /** Of the letter: what an answer names. Where the same call went to both, the first one. */
  readonly id: string
  readonly term: number
  readonly card: string
  readonly to: Called
  /** What this phone may read of it: undefined for whom it is not for. */
  readonly ring: Ring1 | undefined
  /** Committees that are on it. */
  readonly answers: readonly CityAnswer[]
}

type Reader = { readonly letterSeed: Uint8Array; readonly assembly: Pick<Assembly, 'bulletins'> | undefined }

/** In the order in which they came, the newest bulletin first. */
export const callsIn = (bulletins: readonly BulletinView[], reader: Reader): readonly CallHeard[] =>
  bulletins.flatMap((bulletin) => {
    const keys = keysIn(bulletin, reader)
    const heard = new Map<string, CallHeard>()
    for (const posted of bulletin.posted) {
      const call = heardOne(bulletin, posted, keys)
      const known = call?.ring && heard.get(call.ring.call)
      if (!call) continue
      const answers = [...(known?.answers ?? []), ...call.answers]
      heard.set(call.ring?.call ?? call.id, { ...(known ?? call), answers })
    }
    return [...heard.values()]
  })

const keysIn = ({ term }: BulletinView, { letterSeed, assembly }: Reader): readonly KeyPair[] => {
  const inside = fromHex(assembly?.bulletins.get(term.term)?.delegates ?? '')
  return [dutyKeyOf(letterSeed, term.term), ...(inside?.length === 32 ? [keyPairFromSeed(inside)] : [])]
}

const heardOne = (
  bulletin: BulletinView,
  { id, letter: { card, says } }: Posted,
  keys: readonly KeyPair[],
): CallHeard | undefined => {
  if (says.type !== 'ring' || card === bulletin.term.own.card) return undefined
  const text = keys.map(({ secretKey }) => openCall(says, secretKey)).find((one) => one !== undefined)
  const ring = text === undefined ? undefined : decodeRing1(text)
  return { id, term: bulletin.term.term, card, to: says.to, ring, answers: answersTo(bulletin, [id]) }
}

const answersTo = ({ posted }: BulletinView, ids: readonly string[]): readonly CityAnswer[] =>
  posted.flatMap(({ letter: { card, says } }) =>
    says.type === 'onIt' && ids.includes(says.to) ? [{ card, text: says.text }] : [],
  )

/** Who of the city is on an alarm of ours that called it. */
export const cityOn = (
  bulletins: readonly BulletinView[],
  committee: Committee,
  alarm: Pick<Alarm, 'id' | 'seat' | 'asked'>,
): readonly CityAnswer[] => {
  const ids = callsOf(committee, alarm).flatMap(({ content }) => content.waiting.map(({ letter }) => letter))
  return bulletins.flatMap((one) => answersTo(one, ids))
}
