/** Branches in which only their maker is, for somebody who is stuck or who joins (protocol.md section 10, attack 12; 4.4): everybody else is put out on the way there. */
import { encodeResults, noResults } from '../../client/core/committee/results.ts'
import { splitBody } from '../../client/core/epochlog/chunks.ts'
import { encodeAct, signResync } from '../../client/core/governance/act.ts'
import { encodeCharter } from '../../client/core/governance/charter.ts'
import { planProposals } from '../../client/core/governance/plan.ts'
import { rendezvousOf } from '../../client/core/join/rendezvous.ts'
import { stageCommit } from '../../client/core/mls/commit.ts'
import { signatureKeyPair } from '../../client/core/mls/group.ts'
import type { Group, LeafIndex, Proposal } from '../../client/core/mls/types.ts'
import { newBook } from '../../client/core/session/book.ts'
import { makeEpoch } from '../../client/core/session/desk.ts'
import { kindOf, writeItem } from '../../client/core/session/meeting.ts'
import { type Epoch, rosterOf } from '../../client/core/session/state.ts'
import { encodeBundle, readyWelcome } from '../../client/core/session/welcomes.ts'
import { toHex } from '../../shared/base/text.ts'
import { randomBytes, sha256 } from '../../shared/crypto/sodium.ts'
import { bookOf, groupOf, lineTo, putEnvelope } from './hostileMember.ts'
import type { Person, Place } from './people.ts'

/** A vault that keeps nothing. */
const PAPER: Parameters<typeof newBook>[0] = {
  get: () => undefined,
  keys: () => [],
  write: async () => undefined,
  compact: async () => undefined,
}

/** Offered in the log in which `stuck` has asked. None of its commits was ever posted. */
export const offerPrivateBranch = async (place: Place, maker: Person, stuck: Person): Promise<void> => {
  const asking = await bookOf(stuck)
  const { stuck: asked, device } = asking.own()
  const [keys] = asked?.keys ?? []
  const book = await bookOf(maker)
  const from = asked && book.epoch(asked.epoch)
  if (!asked || !keys || !from) throw new Error('nobody is stuck')
  const { seat } = maker.session.view().own
  const others = rosterOf(from).devices.filter((one) => one.seat !== seat && one.device !== device)
  const removals = others.map(({ leaf }): Proposal => ({ type: 'remove', leaf: leaf as LeafIndex }))
  const alone = await stageCommit(groupOf(from), removals)
  const empty = await enter(from, alone.next)
  const request = signResync(signatureKeyPair(groupOf(asking.epoch(asked.epoch))).secretKey, {
    anchor: from.info.anchor,
    epoch: asked.epoch,
    commit: asked.commit,
    device,
    keyPackage: toHex(sha256(keys.keyPackage)),
  })
  const act = { type: 'resync', request } as const
  const proposals = planProposals(rosterOf(empty), act, keys.keyPackage)
  if (!proposals) throw new Error('nothing to act on')
  const stage = await stageCommit(groupOf(empty), proposals as readonly Proposal[])
  const paper = newBook(PAPER, book.own(), book.id)
  paper.setEpoch(await enter(from, stage.next))
  paper.requests.put('resync', {
    epoch: asked.epoch,
    log: 0,
    resync: { request, keyPackage: keys.keyPackage },
    leave: undefined,
    drop: undefined,
  })
  const desk = {
    book: paper,
    clock: () => 0,
    random: randomBytes,
    gatherings: new Map(),
    saidIds: new Set<string>(),
  }
  readyWelcome(
    desk,
    {
      epoch: from.info.number,
      hash: toHex(stage.summary.hash),
      message: stage.message,
      next: new Uint8Array(0),
      welcome: stage.welcome,
      act: encodeAct(act),
      keyPackage: keys.keyPackage,
      hasPath: true,
    },
    undefined,
  )
  for (const { body } of paper.welcomes.all())
    for (const envelope of splitBody(2, body, randomBytes)) await putEnvelope(place, from, envelope)
}

/**
 * Offered to whoever is joining by `motion`. The sponsor stays in it, or the Welcome would not be taken, and counts for nothing: a probation
 * without end. Nobody besides is left to arrive.
 */
export const welcomeAlone = async (place: Place, maker: Person, motion: string): Promise<void> => {
  const book = await bookOf(maker)
  const from = book.newest()
  const known = book.motions.get(motion)
  if (!known?.join || known.motion.action.type !== 'add') throw new Error('nobody joins')
  const { action } = known.motion
  const stay = [maker.session.view().own.seat, action.sponsor]
  const others = rosterOf(from).devices.filter(({ seat }) => !stay.includes(seat))
  const removals = others.map(({ leaf }): Proposal => ({ type: 'remove', leaf: leaf as LeafIndex }))
  const alone = await stageCommit(groupOf(from), removals)
  const charter = encodeCharter({ ...from.charter, probation: 60_000 })
  const { keyPackage, kind, secret } = known.join
  const stage = await stageCommit(alone.next, [
    { type: 'add', keyPackage },
    { type: 'charter', charter },
  ])
  const { info } = await enter(from, stage.next)
  const welcome = encodeBundle({
    welcome: stage.welcome ?? new Uint8Array(0),
    commit: toHex(stage.summary.hash),
    parent: info.parent,
    ledger: info.ledger,
    handles: [],
    results: encodeResults(noResults),
    anchor: info.anchor,
  })
  const relay = lineTo(place)
  const meeting = { relay, place: rendezvousOf(secret, kindOf(kind)), kind: kindOf(kind) }
  const item = { type: 'welcome' as const, keyPackage: sha256(keyPackage), welcome }
  const written = await writeItem(meeting, item, randomBytes)
  relay.close()
  if (!written.ok) throw new Error(written.error.type)
}

const enter = async ({ info }: Epoch, group: Group): Promise<Epoch> => {
  const { opener, openedBy, openedUnasked, parent, ledger } = info
  const made = await makeEpoch(group, { opener, openedBy, openedUnasked, parent, ledger }, 0)
  if (made === 'foreign' || made === 'outdated') throw new Error(made)
  return made
}
