/** The bulletins of a city as delegates' devices announce and carry them: the next term in time, and what a committee is told of one. Not here: which announcement counts (committee/assembly.ts). */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { fromHex, toHex } from '../../../shared/base/text.ts'
import { keyPairFromSeed, randomBytes } from '../../../shared/crypto/sodium.ts'
import { AHEAD_HOURS, type BulletinTerm, TERM_DAYS, writersOf } from '../city/bulletinTerm.ts'
import { cityPath, cityRoot } from '../city/letterKeys.ts'
import {
  type Announced,
  type Assembly,
  type Card,
  cardOfSeat,
  isReady,
  newestTerm,
  rosterOf,
} from '../committee/assemblyLife.ts'
import type { Membership } from '../committee/cityLife.ts'
import type { KnownContent } from '../committee/content.ts'
import type { Abroad, Home } from './cityLetters.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0)
const secret = (): string => toHex(randomBytes(32))

/** Undefined where our keys came too late for the term. */
export const homeTermOf = (
  one: Announced,
  { card, city }: Membership,
  { relay }: Abroad,
): BulletinTerm | undefined => {
  const place = one.listed.findIndex((listed) => listed.card === card)
  const own = one.listed[place]
  if (!own) return undefined
  const seed = bytesOf(one.seed)
  const roster = rosterOf(one)
  return {
    term: one.term,
    city,
    seed,
    startsAt: one.startsAt,
    writers: writersOf(
      one.listed.map(({ writer }) => bytesOf(writer)),
      seed,
    ),
    root: cityRoot(roster),
    delegates: keyPairFromSeed(bytesOf(one.delegates)).publicKey,
    relay,
    own: { card, signers: own.signers, place, path: cityPath(roster, place) },
    names: one.listed.map(({ card: id, code, sector, area }) => ({ card: id, code, sector, area })),
  }
}

/** The next bulletin, two days ahead; the first one begins at once. */
export const announced = ({ nowMs }: Home, { assembly, me }: Abroad): readonly KnownContent[] => {
  const newest = newestTerm(assembly)
  const before = assembly.bulletins.get(newest)
  const startsAt = before ? Math.max(nowMs, before.startsAt + TERM_DAYS * DAY_MS) : nowMs
  const isDue = nowMs >= startsAt - AHEAD_HOURS * HOUR_MS
  return isDue && speakingIn(assembly, me) && isReady(assembly, newest + 1)
    ? [{ type: 'assemblyTerm', term: newest + 1, seed: secret(), delegates: secret(), startsAt }]
    : []
}

/** The committee that we speak for, if it is in. */
const speakingIn = (assembly: Assembly, me: string): Card | undefined => {
  const card = cardOfSeat(assembly, me)
  return card?.since === undefined ? undefined : card
}

/** `not_in`: we speak for nobody here. `not_ready`: not more than half of the committees have handed in keys for the next week. `asked`: another committee has to say so now. */
export type NoNewWeek = 'not_in' | 'not_ready' | 'asked'

/** A new week at once, as where somebody was put out or a phone was taken: what another committee asks for, or ours asks. */
export const newWeek = (
  assembly: Assembly,
  me: string,
  nowMs: number,
): Result<KnownContent & { readonly type: 'assemblyTerm' | 'assemblyTermToo' }, NoNewWeek> => {
  const card = speakingIn(assembly, me)
  const term = newestTerm(assembly) + 1
  if (!card) return err('not_in')
  if (!isReady(assembly, term)) return err('not_ready')
  const [theirs] = [...assembly.emergencies].filter(([, { by }]) => by !== card.id)
  if (theirs) return ok({ type: 'assemblyTermToo', entry: theirs[0] })
  if (assembly.emergencies.size > 0) return err('asked')
  const secrets = { seed: secret(), delegates: secret() }
  return ok({ type: 'assemblyTerm', term, ...secrets, startsAt: nowMs, isEmergency: true })
}
