/**
 * Members of a city who are online, a process of its own: each with a connection for their committee's log and one for the bulletin, over the client's own relay, checking and
 * opening what comes as a phone does. They share this process, so that one waits for another; what one phone alone would need is measured apart. Some more connections are
 * those of a raw `ws` broadcast of the same bytes.
 */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { dialNode } from '../../../client/cli/socketNode.ts'
import { emptyBulletin, readBulletin } from '../../../client/core/city/bulletin.ts'
import { type BulletinTerm, bulletinLogOf, decodeTerm } from '../../../client/core/city/bulletinTerm.ts'
import { logFromSeed } from '../../../client/core/epochlog/keys.ts'
import { createRelay } from '../../../client/core/relay/createRelay.ts'
import { observePage, type Page } from '../../../client/core/relay/observe.ts'
import type { LogAccess, Relay } from '../../../client/core/relay/relay.ts'
import { newWitness, type Witness } from '../../../client/core/relay/witness.ts'
import { cryptoReady, newKeyPair, type PublicKey, sha256 } from '../../../shared/crypto/sodium.ts'
import type { AdmissionSecret } from '../../../shared/protocol/access.ts'

/** `term`: base64. `committees`: the first one and how many, of `members` each. `raw`: the broadcast. */
export type CityFacts = {
  readonly term: string
  readonly committees: readonly [first: number, count: number]
  readonly members: number
  readonly raw: string
}
export type CityQuestion = { readonly await: 'letter' | 'raw'; readonly count: number }
/** Milliseconds of the machine's steady clock, one for each member. `alone`: what opening took. */
export type CityAnswer = {
  readonly arrived: readonly number[]
  readonly opened: readonly number[]
  readonly alone: readonly number[]
}

const facts: CityFacts = JSON.parse(process.argv[2] ?? '{}')
await cryptoReady
const steady = (): number => Number(process.hrtime.bigint()) / 1e6
const termIn = (text: string): BulletinTerm => {
  const term = decodeTerm(Buffer.from(text, 'base64'))
  if (!term) throw new Error('no term')
  return term
}
const term = termIn(facts.term)
const { relay: place } = term
const log = bulletinLogOf(term, newKeyPair())

let arrived: number[] = []
let opened: number[] = []
let alone: number[] = []

const dial = (): Relay =>
  createRelay({
    dial: dialNode,
    timer: (ms, wake) => {
      const timer = setTimeout(wake, ms)
      return () => clearTimeout(timer)
    },
    random: Math.random,
    address: place.address,
    relayKey: { staticKey: place.staticKey, signingKey: place.signingKey as PublicKey },
    admission: place.admission as AdmissionSecret,
    onAdmission: () => undefined,
  })

/** Resolves when the watch stands: the first page is there. */
const watch = (relay: Relay, access: LogAccess, take: (page: Page) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    let pages = 0
    const witness = newWitness(access)
    relay.watch(access, {
      witness: () => witness,
      onPage: (page) => {
        pages += 1
        take(page)
        if (pages === 2) resolve() // the first one is the answer to OPEN
      },
      onEnd: ({ type }) => reject(new Error(`a watch ended: ${type}`)),
    })
  })

const waiting: (() => void)[] = []
const drain = (): void => {
  waiting.shift()?.()
  if (waiting.length > 0) setImmediate(drain)
}

const readsBulletin = async (): Promise<void> => {
  let witness: Witness = newWitness(log.access)
  let bulletin = emptyBulletin
  const open = (page: Page): void => {
    const began = steady()
    const observed = observePage(witness, place.signingKey as PublicKey, page)
    if (!observed.ok) throw new Error('the relay lied')
    witness = observed.value.witness
    const before = bulletin.posted.length
    bulletin = readBulletin(bulletin, { log, term }, observed.value.entries)
    for (let i = before; i < bulletin.posted.length; i++) {
      opened.push(steady())
      alone.push(steady() - began)
    }
  }
  const take = (page: Page): void => {
    for (const _ of page.entries) arrived.push(steady())
    waiting.push(() => open(page))
    if (waiting.length === 1) setImmediate(drain)
  }
  await watch(dial(), log.access, take)
}

/** The log of the committee's epoch. */
const readsCommittee = async (committee: number): Promise<void> => {
  const seed = sha256(Buffer.from(`committee ${committee}`))
  const { access } = logFromSeed(Buffer.concat([seed, seed]))
  const relay = dial()
  const made = await relay.create(access)
  if (!made.ok) throw new Error(`no log: ${made.error.type}`)
  await watch(relay, access, () => undefined)
}

const hearsRaw = async (): Promise<void> => {
  const socket = new WebSocket(facts.raw, { perMessageDeflate: false })
  socket.on('message', () => {
    arrived.push(steady())
    opened.push(steady())
  })
  await once(socket, 'open')
}

const AT_ONCE = 20
const [first, count] = facts.committees
const people = Array.from({ length: count * facts.members }, (_, i) => first + Math.floor(i / facts.members))
for (let at = 0; at < people.length; at += AT_ONCE)
  await Promise.all(
    people
      .slice(at, at + AT_ONCE)
      .flatMap((committee) => [readsBulletin(), readsCommittee(committee), hearsRaw()]),
  )

const LOST_MS = 120_000

/** When all of them have heard so many. */
const answer = async ({ await: what, count: each }: CityQuestion): Promise<CityAnswer> => {
  const all = people.length * each
  const until = steady() + LOST_MS
  while (opened.length < all) {
    if (steady() > until) throw new Error(`${what}: ${opened.length} of ${all}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const said = { arrived, opened, alone }
  arrived = []
  opened = []
  alone = []
  return said
}

process.on('message', async (question: CityQuestion) => process.send?.(await answer(question)))
process.once('disconnect', () => process.exit(0))
process.send?.('ready')
