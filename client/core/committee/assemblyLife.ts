/** The state of an assembly, and the questions that its fold and its screens ask. Not here: what changes it (assembly.ts). */
import { fromHex, toHex } from '../../../shared/base/text.ts'
import type { Take } from '../city/letter.ts'
import { LETTER_KEYS, type Listed, listRoot } from '../city/letterKeys.ts'
import { unpacked } from '../city/packing.ts'
import type { Id } from './said.ts'

/** `keys`: the hashes of 32 letter keys, packed; `writer`: the hash of the committee's writer key. */
export type CardKeys = {
  readonly keys: string
  readonly writer: string
  /** Of the letter that vouched for them: a later one replaces them until the term is announced. */
  readonly serial?: number
}

/** A committee as the others see it: no size, no workplace, no names. */
export type Card = {
  readonly id: Id
  readonly code: string
  readonly sector: string
  readonly area: string
  readonly languages: readonly string[]
  /** Keys that must have signed what it says. */
  readonly signers: number
  readonly order: number
  readonly at: number
  /** Seats of the assembly. */
  readonly speakers: readonly Id[]
  /** Of the letter that named them. */
  readonly serial: number
  /** By term, the newest two. */
  readonly keys: ReadonlyMap<number, CardKeys>
  readonly welcomedBy: ReadonlySet<Id>
  /** Its own members want to be in. */
  readonly isWilling: boolean
  /** In, from this place in the order on. */
  readonly since?: number
  readonly hasLeft?: true
  /** Letters of it that were taken, by hash, with their term: as long as its keys are kept. */
  readonly seen: ReadonlyMap<string, number>
  /** By term, the key of whoever it lends to the city then. */
  readonly duty: ReadonlyMap<number, string>
}

export type Answer = { readonly take: Take; readonly by: 'letter' | 'delegate'; readonly serial: number }

export type Item = {
  readonly id: Id
  /** Of the committee whose delegate put it. */
  readonly card: Id
  readonly order: number
  readonly at: number
  readonly title: string
  readonly text: string
  readonly lang: string
  readonly needsMandate: boolean
  /** By card. */
  readonly answers: ReadonlyMap<Id, Answer>
  readonly closedBy: ReadonlySet<Id>
  readonly closed?: { readonly order: number; readonly at: number }
}

export type ListedCard = {
  readonly card: Id
  readonly signers: number
  readonly root: string
  readonly writer: string
  readonly code: string
  readonly sector: string
  readonly area: string
}

export type Announced = {
  readonly term: number
  /** 32 bytes as hex. */
  readonly seed: string
  /** The seed of the delegates' own key, 32 bytes as hex. */
  readonly delegates: string
  /** Milliseconds since 1970. */
  readonly startsAt: number
  /** Who has a voice in it, in the order of the cards. */
  readonly listed: readonly ListedCard[]
}

export type Assembly = {
  /** What the assembly is called in letters; empty as long as no committee has shown itself. */
  readonly city: string
  readonly cards: ReadonlyMap<Id, Card>
  readonly bulletins: ReadonlyMap<number, Announced>
  /** Announced by one committee, and waiting for the word of another. */
  readonly emergencies: ReadonlyMap<Id, Omit<Announced, 'listed'> & { readonly by: Id }>
  readonly items: ReadonlyMap<Id, Item>
}
export const noAssembly: Assembly = {
  city: '',
  cards: new Map(),
  bulletins: new Map(),
  emergencies: new Map(),
  items: new Map(),
}

/** The committee that a seat speaks for. */
export const cardOfSeat = ({ cards }: Pick<Assembly, 'cards'>, seat: Id): Card | undefined =>
  [...cards.values()].find(({ speakers }) => speakers.includes(seat))

export const membersIn = ({ cards }: Pick<Assembly, 'cards'>): readonly Card[] =>
  [...cards.values()].filter(({ since }) => since !== undefined)

/** product.md 3.G: ratified by two, active with three; with fewer again it rests. */
export const assemblyStage = (
  assembly: Pick<Assembly, 'cards'>,
): 'proposed' | 'ratified' | 'active' | 'paused' => {
  const members = membersIn(assembly).length
  if (members >= 3) return 'active'
  if ([...assembly.cards.values()].some(({ hasLeft }) => hasLeft)) return 'paused'
  return members === 2 ? 'ratified' : 'proposed'
}

/** 0 before the first. */
export const newestTerm = ({ bulletins }: Pick<Assembly, 'bulletins'>): number =>
  Math.max(0, ...bulletins.keys())

const HASH_BYTES = 32

export const unpackKeys = (text: string): readonly Uint8Array[] | undefined =>
  unpacked(text, (raw) =>
    raw.length === LETTER_KEYS * HASH_BYTES
      ? Array.from({ length: LETTER_KEYS }, (_, i) => raw.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES))
      : undefined,
  )

export const keysOf = ({ keys }: Pick<Card, 'keys'>, term: number): readonly Uint8Array[] | undefined => {
  const packed = keys.get(term)?.keys
  return packed === undefined ? undefined : unpackKeys(packed)
}

/** More than half of the committees have handed in their keys: nobody can announce terms far ahead. */
export const isReady = (assembly: Pick<Assembly, 'cards'>, term: number): boolean => {
  const members = membersIn(assembly)
  return members.length >= 3 && 2 * members.filter(({ keys }) => keys.has(term)).length > members.length
}

/** Who handed in keys for the term; the others hear it, and are not heard in it. */
export const listedIn = (assembly: Pick<Assembly, 'cards'>, term: number): readonly ListedCard[] =>
  membersIn(assembly)
    .flatMap(({ id, signers, keys, code, sector, area }) => {
      const handed = keys.get(term)
      const list = handed && unpackKeys(handed.keys)
      return list
        ? [{ card: id, signers, root: toHex(listRoot(list)), writer: handed.writer, code, sector, area }]
        : []
    })
    .sort((a, b) => (a.card < b.card ? -1 : 1))

export const rosterOf = ({ listed }: Pick<Announced, 'listed'>): readonly Listed[] =>
  listed.map(({ card, signers, root }) => ({ card, signers, root: fromHex(root) ?? new Uint8Array(0) }))

/** A delegate's own word counts only where no committee has to be asked. */
export const needsMandate = (
  { items }: Pick<Assembly, 'items'>,
  content: { readonly type: string; readonly item?: unknown },
): boolean =>
  content.type === 'itemAnswer' &&
  typeof content.item === 'string' &&
  items.get(content.item)?.needsMandate === true

export type Tally = Readonly<Record<Take | 'silent', number>>

/** Committees, one voice each: of those that are in. */
export const tallyOf = (assembly: Pick<Assembly, 'cards'>, { answers }: Item): Tally => {
  const tally: Record<Take | 'silent', number> = { act: 0, support: 0, aside: 0, against: 0, silent: 0 }
  for (const { id } of membersIn(assembly)) tally[answers.get(id)?.take ?? 'silent']++
  return tally
}
