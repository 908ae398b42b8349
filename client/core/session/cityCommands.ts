/**
 * What a member does in the city: the bulletin, an alert that a second member confirms, "I am on it", and whatever this device owes without being asked. Not here: what it owes
 * (cityOwed.ts), what the committees say to each other (city/letter.ts).
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { proveLetter } from '../city/bulletin.ts'
import type { BulletinTerm } from '../city/bulletinTerm.ts'
import { cityName, type LetterSaying, letterHash } from '../city/letter.ts'
import { letterKeyOf } from '../city/letterKeys.ts'
import type { Assembly } from '../committee/assemblyLife.ts'
import { type CityLetter, handedOver, isComplete } from '../committee/cityLife.ts'
import type { Committee } from '../committee/committee.ts'
import { encodeContent, type KnownContent } from '../committee/content.ts'
import { type Book, numberKey } from './book.ts'
import { post, type Read, readAll } from './bulletin.ts'
import { keepCalls } from './calling.ts'
import { type BulletinView, type CallHeard, type CityAnswer, callsIn, cityOn } from './callsHeard.ts'
import {
  type Around,
  atBulletin,
  homeOf,
  moveOn,
  type NoLetter,
  runningTerm,
  sayAll,
  signAlone,
} from './cityAround.ts'
import { type Home, letterFor, signatureOn, signingOf } from './cityLetters.ts'
import { owedAtHome } from './cityOwed.ts'
import { type DutyWeek, dutyWeeks, offerDuty } from './onDuty.ts'
import { queue } from './outbox.ts'
import { tellsTooMuch } from './sharing.ts'

/**
 * `taken`: somebody else of us is on duty in that week. `tells_too_much`: a name of ours, an hour or how many stand in the words. `used_up`: the committee has filled its
 * share of the week's bulletin (SPEC L9).
 */
export type CityFailure = NoLetter | 'no_such_letter' | 'offline' | 'taken' | 'tells_too_much' | 'used_up'

export type CityCommands = {
  /** What this device has read of the bulletins that it keeps, the newest first. */
  readonly bulletins: () => readonly BulletinView[]
  /** Reads the bulletins that run, posts what is signed, and says what this device owes at home. How many things were said. */
  readonly keepCity: () => Promise<number>
  /** Calls the city, as soon as a second member confirms it; the letter's id. */
  readonly alertCity: (text: string) => Promise<Result<string, CityFailure>>
  readonly confirmAlert: (letter: string) => Promise<Result<undefined, CityFailure>>
  /** To an alert of another committee, by its id. */
  readonly answerCity: (to: string, text: string) => Promise<Result<undefined, CityFailure>>
  /** What other committees call for by themselves, as far as this phone may read it. `assembly`: of a delegate. */
  readonly calls: (assembly?: Assembly) => readonly CallHeard[]
  /** Committees that are on an alarm of ours. */
  readonly cityOn: (alarm: string) => readonly CityAnswer[]
  /** Who is on duty in the weeks that are known, ours among them. */
  readonly dutyWeeks: () => readonly DutyWeek[]
  /** Takes the duty of a week for the committee, or gives it back. */
  readonly offerDuty: (term: number, isOn: boolean) => Promise<Result<undefined, CityFailure>>
  /** What this group is called in letters, if it is an assembly. */
  readonly cityName: () => string
  /** Where this group's logs are, so that the bulletins can be there too. */
  readonly cityRelay: () => BulletinTerm['relay']
  readonly homeOf: () => Home
}

/** So long a device waits for whoever signed last to post it. */
const POST_WAIT_MS = 120_000

export const cityCommands = (around: Around): CityCommands => {
  const { keeper, turns } = around
  const say = (contents: readonly KnownContent[]): Promise<void> => sayAll(around, contents)
  return {
    bulletins: () => bulletinsOf(keeper.book, around.view().committee),
    homeOf: () => homeOf(around),
    cityName: () => cityName(keeper.book.newest().info.anchor),
    cityRelay: () => ({ ...keeper.book.own().relay }),
    keepCity: async () => {
      if (!around.isMember()) return 0
      await readBulletins(around)
      const owed = await turns.next(async () => {
        const now = owedAtHome(homeOf(around))
        await say(now)
        return now.length
      })
      if (await postSigned(around)) await readBulletins(around)
      return owed + (await keepCalls(around))
    },
    alertCity: async (text) => {
      const written = await turns.next(async (): Promise<Result<string, CityFailure>> => {
        const home = homeOf(around)
        if (tellsTooMuch(around.view(), text)) return err('tells_too_much')
        const letter = around.isMember() ? letterFor(home, { type: 'alert', text }) : undefined
        if (!letter || runningTerm(home.committee, home.nowMs) === undefined) return err('no_city')
        const id = queue(keeper, { type: 'content', content: encodeContent(letter) })
        await around.sendNow()
        return ok(id)
      })
      return written.ok ? confirm(around, written.value) : written
    },
    confirmAlert: async (id) => {
      const confirmed = await confirm(around, id)
      return confirmed.ok ? ok(undefined) : confirmed
    },
    calls: (assembly) => {
      const { committee, letterSeed } = homeOf(around)
      return callsIn(bulletinsOf(keeper.book, committee), { letterSeed, assembly })
    },
    cityOn: (id) => {
      const { committee } = around.view()
      const alarm = committee.alarms.get(id)
      return alarm ? cityOn(bulletinsOf(keeper.book, committee), committee, alarm) : []
    },
    dutyWeeks: () => dutyWeeks(homeOf(around)),
    offerDuty: (term, isOn) => turns.next(() => offerDuty(around, term, isOn)),
    answerCity: async (to, text) =>
      tellsTooMuch(around.view(), text)
        ? err('tells_too_much')
        : postAlone(around, { type: 'onIt', to, text }),
  }
}

const bulletinsOf = ({ bulletins }: Book, { homeTerms }: Committee): readonly BulletinView[] =>
  [...homeTerms.values()]
    .map(({ term }) => ({ term, posted: bulletins.get(numberKey(term.term))?.posted ?? [] }))
    .sort((a, b) => b.term.term - a.term.term)

type ReadTerms = readonly (readonly [string, Read])[]

/** Takes as long as that relay does, so it is nobody's turn meanwhile: an alarm of our own waits for no other relay. */
const readTerms = async (around: Around): Promise<ReadTerms> => {
  const { book, clock } = around.keeper
  const found: (readonly [string, Read])[] = []
  for (const { term } of around.view().committee.homeTerms.values()) {
    if (term.startsAt > clock()) continue
    const key = numberKey(term.term)
    const read = await atBulletin(around, term, (place) => readAll(place, book.bulletins.get(key)))
    if (read?.ok) found.push([key, read.value])
  }
  return found
}

/** What was read later is never taken back by what was read before. A bulletin is kept as long as its term is known. */
const store = async ({ keeper: { book }, view }: Around, read: ReadTerms): Promise<void> => {
  const known = [...view().committee.homeTerms.keys()].map(numberKey)
  for (const [key, value] of read)
    if ((book.bulletins.get(key)?.witness.seq ?? 0) <= value.witness.seq) book.bulletins.put(key, value)
  for (const key of book.bulletins.keys()) if (!known.includes(key)) book.bulletins.drop(key)
  await book.save()
}

const readBulletins = async (around: Around): Promise<void> => {
  const read = await readTerms(around)
  await around.turns.next(() => store(around, read))
}

/** What its person has taken back meanwhile does not go out any more. */
const isForAll = (home: Home, one: CityLetter): boolean => {
  const { type } = one.letter.says
  return type === 'alert' || ((type === 'statement' || type === 'hide') && signingOf(home, one) === 'signs')
}

/** What enough have signed: at once by whoever signed last, by the others if it is not there after a while. */
const postSigned = async (around: Around): Promise<boolean> => {
  const home = homeOf(around)
  let isNew = false
  for (const letter of home.committee.letters.values())
    if (isComplete(letter) && isForAll(home, letter) && isForUs(home, letter)) {
      const posted = await postLetter(around, letter)
      isNew ||= posted.ok && posted.value
    }
  return isNew
}

const isForUs = ({ committee, nowMs, letterSeed }: Home, { letter, signatures, at }: CityLetter): boolean => {
  const last = [...signatures.values()].at(-1)
  const key = letterKeyOf(letterSeed, letter.term).publicKey
  const isLast = last?.key.every((byte, i) => byte === key[i]) === true
  return committee.homeTerms.has(letter.term) && (isLast || nowMs - at > POST_WAIT_MS)
}

/** Whether it was not there yet. */
const postLetter = async (around: Around, known: CityLetter): Promise<Result<boolean, CityFailure>> => {
  const { committee } = around.view()
  const { letter } = known
  const term = committee.homeTerms.get(letter.term)?.term
  const list = committee.keyLists.get(letter.term)
  const read = around.keeper.book.bulletins.get(numberKey(letter.term))
  if (!term || !list) return err('no_city')
  if (read?.posted.some((one) => one.id === letterHash(letter))) return ok(false)
  const sent = await atBulletin(around, term, (place) =>
    post(place, proveLetter(term, handedOver(known), list.keys)),
  )
  if (!sent?.ok) return err(notSent(sent))
  if (letter.says.type === 'alert') await around.turns.next(() => moveOn(around))
  return ok(true)
}

const notSent = (sent: Awaited<ReturnType<typeof post>> | undefined): 'offline' | 'used_up' =>
  sent && !sent.ok && sent.error.type === 'share' ? 'used_up' : 'offline'

/** Our own signature; with it the letter may be complete, and then it goes out on the same tap. */
const confirm = async (around: Around, id: string): Promise<Result<string, CityFailure>> => {
  const signed = await around.turns.next(() => signAlert(around, id))
  if (!signed.ok) return signed
  const sent = isComplete(signed.value) ? await postLetter(around, signed.value) : ok(false)
  if (!sent.ok) return sent
  if (sent.value) await readBulletins(around)
  return ok(id)
}

const signAlert = async (around: Around, id: string): Promise<Result<CityLetter, CityFailure>> => {
  const letter = homeOf(around).committee.letters.get(id)
  if (letter?.letter.says.type !== 'alert') return err('no_such_letter')
  if (tellsTooMuch(around.view(), letter.letter.says.text)) return err('tells_too_much')
  const signature = signatureOn(homeOf(around), letter)
  if (!signature) return err('no_key')
  await sayAll(around, [signature])
  return ok(homeOf(around).committee.letters.get(id) ?? letter)
}

/** What one key may say: it goes out at once, and the committee's log does not know it. */
const postAlone = async (around: Around, says: LetterSaying): Promise<Result<undefined, CityFailure>> => {
  const alone = signAlone(around, says)
  if (!alone.ok) return alone
  const { term, signed, keys } = alone.value
  const sent = await atBulletin(around, term, (at) => post(at, proveLetter(term, signed, keys)))
  if (!sent?.ok) return err(notSent(sent))
  await readBulletins(around)
  return ok(undefined)
}
