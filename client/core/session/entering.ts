/**
 * A newcomer's last step (protocol.md 4.4): from a Welcome in the rendezvous to a held epoch. A Welcome is trusted only if the person whose
 * words matched is a leaf of its group, with the key that was part of the words.
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import { isHandle } from '../committee/content.ts'
import { type Device, deviceOf } from '../governance/roster.ts'
import { comesAfter } from '../governance/succession.ts'
import { type Join, welcomeFor } from '../join/exchange.ts'
import type { Invite } from '../join/invite.ts'
import type { JoinItem } from '../join/items.ts'
import { leavesOf } from '../mls/group.ts'
import { restoreKeyPackage } from '../mls/keyPackage.ts'
import { joinFromWelcome } from '../mls/welcome.ts'
import { type Book, newBook } from './book.ts'
import { freshOwn, makeEpoch } from './desk.ts'
import { type Joining, MINE, type Newcomer, suiteOf } from './joinings.ts'
import type { Epoch } from './state.ts'
import { takeResults } from './told.ts'
import { decodeBundle, entranceOf, type WelcomeBundle } from './welcomes.ts'

type Search = {
  readonly id: string
  readonly joining: Joining
  readonly invite: Invite
  readonly items: readonly JoinItem[]
}

export const findWelcome = async (newcomer: Newcomer, search: Search): Promise<Book | undefined> => {
  for (const item of search.items) {
    const raw = welcomeFor(search.joining.join, item)
    const bundle = raw && decodeBundle(raw)
    const book = raw && bundle && (await enterCommittee(newcomer, search, { raw, bundle }))
    if (book) return book
  }
  return undefined
}

const enterCommittee = async (
  newcomer: Newcomer,
  search: Search,
  { raw, bundle }: { readonly raw: Uint8Array; readonly bundle: WelcomeBundle },
): Promise<Book | undefined> => {
  const { id, invite, joining } = search
  const epoch = await openWelcome(newcomer, joining, bundle)
  const [primary] = invite.relays
  const mine = joining.keys
  if (!epoch || !primary || !mine || !deviceOf(epoch.info.roster, mine.device)) return undefined
  const book = newBook(
    newcomer.vault,
    {
      ...freshOwn(newcomer.clock(), epoch.info.number),
      seat: mine.seat,
      device: mine.device,
      handle: bundle.handles.find(({ seat }) => seat === mine.seat)?.handle ?? joining.handle,
      suite: suiteOf(mine.suite),
      relay: { address: primary.address, ...primary.key, admission: invite.admission },
    },
    id,
  )
  if (!takeResults(book, bundle.results, epoch)) return undefined
  book.setEpoch(epoch)
  for (const { seat, handle } of bundle.handles) if (isHandle(handle)) book.handles.put(seat, handle)
  book.arrivals.put(MINE, {
    joining,
    bundle: sha256(raw),
    entered: epoch.info.number,
    isConfirmed: false,
    awaitsHandover: isOwnDevice(joining.join),
    hasCompared: false,
  })
  await book.save()
  return book
}

/** Invited by another device of the same seat: that one hands over what its owner may read. */
const isOwnDevice = (join: Join): boolean =>
  join.type === 'confirmed' && join.transcript.offer.seat === join.transcript.answer.seat

/** The epoch that a Welcome leads into; undefined if it is not for this joining, or a group that somebody built around us. */
export const openWelcome = async (
  { clock }: Pick<Newcomer, 'clock'>,
  { join, keys: mine }: Joining,
  bundle: WelcomeBundle,
): Promise<Epoch | undefined> => {
  const keyPackage = mine && restoreKeyPackage(suiteOf(mine.suite), mine.keyPackage, mine.privateKeys)
  if (!mine || !keyPackage || join.type !== 'confirmed') return undefined
  const joined = await joinFromWelcome({ suite: suiteOf(mine.suite), welcome: bundle.welcome, keyPackage })
  if (!joined.ok) return undefined
  const { group, opener } = joined.value
  const entrance = entranceOf(bundle, leavesOf(group).find((leaf) => leaf.index === opener)?.identity)
  const epoch = await makeEpoch(group, entrance, clock())
  if (epoch === 'foreign' || epoch === 'outdated') return undefined
  return knowsSponsor(epoch, join) ? epoch : undefined
}

/** The one whose words matched is in this group with that key: else somebody built a group around us. */
const knowsSponsor = ({ info }: Epoch, join: Join): boolean =>
  info.roster.devices.some((device) => isSponsors(info.anchor, device, join))

/** With the key that was part of the words, or of one that has come after it. */
export const isSponsors = (anchor: Uint8Array, leaf: Device, join: Join): boolean => {
  if (join.type !== 'confirmed') return false
  const { seat, signatureKey } = join.transcript.answer
  const isKnown = (one: Pick<Device, 'device' | 'signatureKey'>): boolean =>
    sameBytes(one.signatureKey, signatureKey) && comesAfter(anchor, one, leaf)
  return leaf.seat === seat && [leaf, ...leaf.after].some(isKnown)
}
