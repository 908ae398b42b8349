/**
 * An assembly as delegates see it: what each saying does to cards, terms and items, in the order of the log. One committee has one voice, whoever of its delegates says it. What
 * a committee decided counts by its letter alone, checked against the keys that the committee handed in. No clock is read: times are shown, and compared with each other.
 * Not here: the state and the questions about it (assemblyLife.ts), what a delegate's device does about it (session/cityOwed.ts).
 */
import { toHex } from '../../../shared/base/text.ts'
import { decodeSigned, isValidIn, type Letter, letterHash } from '../city/letter.ts'
import { listRoot } from '../city/letterKeys.ts'
import { unpacked } from '../city/packing.ts'
import type { Takers, Writable } from './area.ts'
import type { AssemblyType } from './assemblyContent.ts'
import {
  type Announced,
  type Assembly,
  type Card,
  type CardKeys,
  cardOfSeat,
  isReady,
  keysOf,
  listedIn,
  membersIn,
  newestTerm,
  unpackKeys,
} from './assemblyLife.ts'
import { TERMS_AHEAD } from './cityContent.ts'
import type { Id, SaidOf } from './said.ts'

type Draft = Writable<Assembly>

/** A term is announced this many milliseconds behind the one before, at least, unless it is an emergency. */
const LEAST_TERM_MS = 6 * 86_400_000
/** Lists of keys kept of a card, and terms. */
const KEPT = 2
/** Cards that are not in yet, and items that are open, of one committee. */
const MAX_CARDS = 127
const MAX_OPEN_ITEMS = 16

export const assembly: Takers<AssemblyType, Draft> = {
  card: (draft, { seat, order, at, content: { type: _, city, card: id, ...shown } }) => {
    const isFirst = draft.cards.size === 0
    if (draft.cards.has(id) || cardOfSeat(draft, seat) || draft.cards.size >= MAX_CARDS) return
    if (!isFirst && city !== draft.city) return
    draft.city = city
    const none = {
      serial: 0,
      keys: new Map(),
      welcomedBy: new Set<Id>(),
      isWilling: false,
      seen: new Map<string, number>(),
      duty: new Map<number, string>(),
    }
    draft.cards.set(id, { id, ...shown, order, at, speakers: [seat], ...none })
  },
  cardKeys: (draft, said) => {
    const { card: id, term, keys, writer } = said.content
    const card = draft.cards.get(id)
    const list = unpackKeys(keys)
    if (!card || !list || card !== cardOfSeat(draft, said.seat)) return
    if (term !== newestTerm(draft) + 1) return
    const vouching = vouchingFor(draft, card, said)
    if (card.keys.size > 0 && !(vouching && isLater(vouching, card.keys.get(term)))) return
    const kept = [...card.keys].filter(([of]) => of < term).slice(1 - KEPT)
    const serial = vouching && { serial: vouching.serial }
    draft.cards.set(id, { ...card, keys: new Map([...kept, [term, { keys, writer, ...serial }]]) })
  },
  cardDuty: (draft, { seat, content: { card: id, term, key } }) => {
    const card = draft.cards.get(id)
    const newest = newestTerm(draft)
    if (!card || card !== cardOfSeat(draft, seat) || term < newest || term > newest + TERMS_AHEAD) return
    const duty = new Map([...card.duty].filter(([of]) => of >= newest && of !== term))
    draft.cards.set(id, { ...card, duty: key === undefined ? duty : duty.set(term, key) })
  },
  cardWelcome: (draft, { seat, order, content }) => {
    const by = cardOfSeat(draft, seat)
    const card = draft.cards.get(content.card)
    if (!card || by?.since === undefined) return
    settleCard(draft, { ...card, welcomedBy: new Set([...card.welcomedBy, by.id]) }, order)
  },
  cityLetter: (draft, { order, content }) => {
    const signed = unpacked(content.letter, decodeSigned)
    const card = signed && letterCard(draft, signed.letter)
    if (!signed || !card) return
    const hash = letterHash(signed.letter)
    const keys = keysOf(card, signed.letter.term)
    if (!keys || card.seen.has(hash) || !isValidIn(signed, { keys, signers: card.signers })) return
    follow(draft, { ...card, seen: seenWith(card, hash, signed.letter.term) }, signed.letter, order)
  },
  assemblyTerm: (draft, { id, seat, content: { type: _, ...announced } }) => {
    const by = cardOfSeat(draft, seat)
    const before = draft.bulletins.get(newestTerm(draft))
    if (
      by?.since === undefined ||
      announced.term !== newestTerm(draft) + 1 ||
      !isReady(draft, announced.term)
    )
      return
    if (announced.isEmergency) {
      draft.emergencies.set(id, { ...announced, by: by.id })
      return
    }
    if (before && announced.startsAt < before.startsAt + LEAST_TERM_MS) return
    announce(draft, announced)
  },
  assemblyTermToo: (draft, { seat, content }) => {
    const by = cardOfSeat(draft, seat)
    const open = draft.emergencies.get(content.entry)
    if (by?.since === undefined || !open || open.by === by.id) return
    if (open.term === newestTerm(draft) + 1 && isReady(draft, open.term)) announce(draft, open)
  },
  assemblyItem: (draft, { id, seat, order, at, content: { type: _, ...item } }) => {
    const by = cardOfSeat(draft, seat)
    const mine = [...draft.items.values()].filter((one) => one.card === by?.id && !one.closed)
    if (by?.since === undefined || mine.length >= MAX_OPEN_ITEMS) return
    draft.items.set(id, { id, card: by.id, order, at, ...item, answers: new Map(), closedBy: new Set() })
  },
  itemAnswer: (draft, { seat, content }) => {
    const by = cardOfSeat(draft, seat)
    const item = draft.items.get(content.item)
    if (by?.since === undefined || !item || item.closed || item.needsMandate) return
    if (item.answers.get(by.id)?.by === 'letter') return
    const { take } = content
    draft.items.set(item.id, {
      ...item,
      answers: new Map(item.answers).set(by.id, { take, by: 'delegate', serial: 0 }),
    })
  },
  itemClose: (draft, { seat, order, at, content }) => {
    const by = cardOfSeat(draft, seat)
    const item = draft.items.get(content.item)
    if (by?.since === undefined || !item || item.closed) return
    const closedBy = new Set([...item.closedBy, by.id])
    const members = membersIn(draft)
    const isEnough =
      closedBy.size >= 2 &&
      (members.every(({ id }) => item.answers.has(id)) || 2 * closedBy.size > members.length)
    draft.items.set(item.id, { ...item, closedBy, ...(isEnough ? { closed: { order, at } } : {}) })
  },
}

/** The committee itself says, under keys of an earlier term, that these are its keys. */
const vouchingFor = ({ city }: Draft, card: Card, { content }: SaidOf<'cardKeys'>): Letter | undefined => {
  const signed = content.letter === undefined ? undefined : unpacked(content.letter, decodeSigned)
  const list = unpackKeys(content.keys)
  const keys = signed && signed.letter.term < content.term ? keysOf(card, signed.letter.term) : undefined
  if (!signed || !keys || !list) return undefined
  const { letter } = signed
  const isSame =
    letter.city === city &&
    letter.card === card.id &&
    letter.says.type === 'keys' &&
    letter.says.of === content.term &&
    letter.says.writer === content.writer &&
    letter.says.root === toHex(listRoot(list))
  return isSame && isValidIn(signed, { keys, signers: card.signers }) ? letter : undefined
}

/** A first list was vouched for by nobody, and stays. */
const isLater = ({ serial }: Letter, known: CardKeys | undefined): boolean =>
  known === undefined || (known.serial !== undefined && serial > known.serial)

/** Of terms whose keys are gone no letter comes again. */
const seenWith = ({ seen, keys }: Card, hash: string, term: number): Card['seen'] =>
  new Map([...[...seen].filter(([, of]) => keys.has(of)), [hash, term]])

const letterCard = ({ city, cards }: Draft, letter: Letter): Card | undefined =>
  letter.city === city ? cards.get(letter.card) : undefined

const follow = (draft: Draft, card: Card, { says, serial }: Letter, order: number): void => {
  draft.cards.set(card.id, card)
  if (says.type === 'join' && !card.hasLeft) settleCard(draft, { ...card, isWilling: true }, order)
  if (says.type === 'leave') draft.cards.set(card.id, leaving(card))
  if (says.type === 'speakers' && serial > card.serial)
    draft.cards.set(card.id, {
      ...card,
      speakers: says.seats.filter((seat) => isFree(draft, card, seat)),
      serial,
    })
  if (says.type === 'answer') answerBy(draft, card, says, serial)
}

const leaving = ({ since: _, ...card }: Card): Card => ({
  ...card,
  hasLeft: true,
  isWilling: false,
  speakers: [],
})

/** Nobody speaks for two committees. */
const isFree = (draft: Draft, card: Card, seat: Id): boolean =>
  (cardOfSeat(draft, seat)?.id ?? card.id) === card.id

const answerBy = (
  draft: Draft,
  card: Card,
  { item: id, take }: Letter['says'] & { readonly type: 'answer' },
  serial: number,
): void => {
  const item = draft.items.get(id)
  const before = item?.answers.get(card.id)
  if (
    card.since === undefined ||
    !item ||
    item.closed ||
    (before && before.serial >= serial && before.by === 'letter')
  )
    return
  draft.items.set(id, {
    ...item,
    answers: new Map(item.answers).set(card.id, { take, by: 'letter', serial }),
  })
}

/** In when its own members want it and two thirds of the committees that are in do. The first needs nobody. */
const settleCard = (draft: Draft, card: Card, order: number): void => {
  const members = membersIn(draft)
  const welcoming = members.filter(({ id }) => card.welcomedBy.has(id)).length
  const isIn = card.isWilling && 3 * welcoming >= 2 * members.length
  draft.cards.set(card.id, card.since === undefined && isIn ? { ...card, since: order } : card)
}

const announce = (draft: Draft, { term, seed, delegates, startsAt }: Omit<Announced, 'listed'>): void => {
  draft.bulletins.set(term, { term, seed, delegates, startsAt, listed: listedIn(draft, term) })
  for (const old of draft.bulletins.keys()) if (old <= term - KEPT) draft.bulletins.delete(old)
  draft.emergencies.clear()
}
