/**
 * What a member does in the city: the bulletin, an alert that a second member confirms, "I am on it", and whatever this device owes without being asked. Not here: what it owes
 * (cityOwed.ts), what the committees say to each other (city/letter.ts).
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { type Posted, proveLetter } from '../city/bulletin.ts'
import type { BulletinTerm } from '../city/bulletinTerm.ts'
import { cityName, type LetterSaying, letterHash, signLetter } from '../city/letter.ts'
import { letterKeyOf } from '../city/letterKeys.ts'
import { type CityLetter, isComplete, membershipOf } from '../committee/cityLife.ts'
import type { Committee } from '../committee/committee.ts'
import { encodeContent, type KnownContent } from '../committee/content.ts'
import type { Turns } from '../vault/turns.ts'
import { type Book, numberKey } from './book.ts'
import { dialBulletin, logOfTerm, post, type Read, readAll } from './bulletin.ts'
import { type Home, letterFor, signatureOn, writingTerm } from './cityLetters.ts'
import { owedAtHome } from './cityOwed.ts'
import { queue } from './outbox.ts'
import type { Keeper } from './upkeep.ts'
import type { CommitteeView } from './view.ts'
import type { World } from './world.ts'

/** `no_city`: the committee is in none, or its term has not begun. `no_key`: this device's key does not stand in the list of the term. */
export type CityFailure = 'not_member' | 'no_city' | 'no_key' | 'no_such_letter' | 'offline'

export type BulletinView = {
  readonly term: BulletinTerm
  readonly posted: readonly Posted[]
}

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
  /** What this group is called in letters, if it is an assembly. */
  readonly cityName: () => string
  /** Where this group's logs are, so that the bulletins can be there too. */
  readonly cityRelay: () => BulletinTerm['relay']
  readonly homeOf: () => Home
}

type Around = {
  readonly keeper: Keeper
  readonly world: World
  readonly turns: Turns
  readonly view: () => CommitteeView
  readonly isMember: () => boolean
  readonly sendNow: () => Promise<'sent' | 'waiting'>
}

const MINE = 'mine'
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
      const take = async (): Promise<void> => {
        const read = await readTerms(around)
        await turns.next(() => store(around, read))
      }
      if (!around.isMember()) return 0
      await take()
      const owed = await turns.next(async () => {
        const now = owedAtHome(homeOf(around))
        await say(now)
        return now.length
      })
      if (await postSigned(around)) await take()
      return owed
    },
    alertCity: (text) =>
      turns.next(async () => {
        const home = homeOf(around)
        const letter = around.isMember() ? letterFor(home, { type: 'alert', text }) : undefined
        if (!letter || runningTerm(home.committee, home.nowMs) === undefined) return err('no_city')
        const id = queue(keeper, { type: 'content', content: encodeContent(letter) })
        await around.sendNow()
        return confirm(around, id)
      }),
    confirmAlert: (id) =>
      turns.next(async () => {
        const confirmed = await confirm(around, id)
        return confirmed.ok ? ok(undefined) : confirmed
      }),
    answerCity: (to, text) => turns.next(() => postAlone(around, { type: 'onIt', to, text })),
  }
}

const homeOf = ({ keeper, view }: Around): Home => {
  const { book } = keeper
  const { committee, own } = view()
  return { committee, me: own.seat, letterSeed: letterSeedOf(book, keeper.random), nowMs: keeper.clock() }
}

const letterSeedOf = ({ letterSeeds }: Book, random: Keeper['random']): Uint8Array => {
  const seed = letterSeeds.get(MINE) ?? random(32)
  if (!letterSeeds.get(MINE)) letterSeeds.put(MINE, seed)
  return seed
}

const sayAll = async ({ keeper, sendNow }: Around, contents: readonly KnownContent[]): Promise<void> => {
  for (const content of contents) queue(keeper, { type: 'content', content: encodeContent(content) })
  await sendNow()
}

const bulletinsOf = ({ bulletins }: Book, { homeTerms }: Committee): readonly BulletinView[] =>
  [...homeTerms.values()]
    .map(({ term }) => ({ term, posted: bulletins.get(numberKey(term.term))?.posted ?? [] }))
    .sort((a, b) => b.term.term - a.term.term)

/** The newest term that has begun and whose data the committee's delegates brought. */
const runningTerm = (committee: Committee, nowMs: number): BulletinTerm | undefined => {
  const term = writingTerm(committee, nowMs)
  const home = term === undefined ? undefined : committee.homeTerms.get(term)
  return home && home.term.startsAt <= nowMs ? home.term : undefined
}

/** On a connection of its own, ended behind it. */
const atBulletin = async <T>(
  around: Around,
  term: BulletinTerm,
  use: (place: Parameters<typeof post>[0]) => Promise<T>,
): Promise<T | undefined> => {
  const list = around.view().committee.keyLists.get(term.term)
  if (!list) return undefined
  const relay = dialBulletin(around.world, term)
  try {
    return await use({ relay, log: logOfTerm(term, list.writer), term })
  } finally {
    relay.close()
  }
}

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

/** What was read later is never taken back by what was read before. */
const store = async ({ keeper: { book } }: Around, read: ReadTerms): Promise<void> => {
  for (const [key, value] of read)
    if ((book.bulletins.get(key)?.witness.seq ?? 0) <= value.witness.seq) book.bulletins.put(key, value)
  await book.save()
}

const readBulletins = async (around: Around): Promise<void> => store(around, await readTerms(around))

const isForAll = ({ letter: { says } }: CityLetter): boolean =>
  says.type === 'alert' || says.type === 'statement'

/** What enough have signed: at once by whoever signed last, by the others if it is not there after a while. */
const postSigned = async (around: Around): Promise<boolean> => {
  const home = homeOf(around)
  let isNew = false
  for (const letter of home.committee.letters.values())
    if (isForAll(letter) && isComplete(letter) && isForUs(home, letter)) {
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
  const { letter, signatures } = known
  const term = committee.homeTerms.get(letter.term)?.term
  const list = committee.keyLists.get(letter.term)
  const read = around.keeper.book.bulletins.get(numberKey(letter.term))
  if (!term || !list) return err('no_city')
  if (read?.posted.some((one) => one.id === letterHash(letter))) return ok(false)
  const signed = { letter, signatures: [...signatures.values()].sort((a, b) => a.place - b.place) }
  const sent = await atBulletin(around, term, (place) => post(place, proveLetter(term, signed, list.keys)))
  return sent?.ok ? ok(true) : err('offline')
}

/** Our own signature; with it the letter may be complete, and then it goes out on the same tap. */
const confirm = async (around: Around, id: string): Promise<Result<string, CityFailure>> => {
  const letter = homeOf(around).committee.letters.get(id)
  if (letter?.letter.says.type !== 'alert') return err('no_such_letter')
  const signature = signatureOn(homeOf(around), letter)
  if (!signature) return err('no_key')
  await sayAll(around, [signature])
  const now = homeOf(around).committee.letters.get(id)
  const sent = now && isComplete(now) ? await postLetter(around, now) : ok(false)
  if (!sent.ok) return sent
  if (sent.value) await readBulletins(around)
  return ok(id)
}

/** What one key may say: it goes out at once, and the committee's log does not know it. */
const postAlone = async (around: Around, says: LetterSaying): Promise<Result<undefined, CityFailure>> => {
  const home = homeOf(around)
  const { committee, nowMs } = home
  const mine = membershipOf(committee)
  const term = runningTerm(committee, nowMs)
  const list = term && committee.keyLists.get(term.term)
  if (!around.isMember()) return err('not_member')
  if (!mine || !term || !list) return err('no_city')
  const key = letterKeyOf(home.letterSeed, term.term)
  const place = [...list.seats].find(([, seat]) => seat === home.me)?.[0]
  if (place === undefined) return err('no_key')
  const serial = new DataView(around.keeper.random(4).slice().buffer).getUint32(0)
  const letter = { version: 1, city: mine.city, card: mine.card, term: term.term, serial, says } as const
  const signed = { letter, signatures: [signLetter(letter, place, key)] }
  const sent = await atBulletin(around, term, (at) => post(at, proveLetter(term, signed, list.keys)))
  if (!sent?.ok) return err('offline')
  await readBulletins(around)
  return ok(undefined)
}
