/**
 * What an infiltrator can do (protocol.md sections 4.5, 9 and 10): every move tries something that fits the moment, and does nothing where
 * nothing does. Not here: the keys for it (adversary.ts), the forging (forge.ts).
 */

import { splitBody } from '../../client/core/epochlog/chunks.ts'
import { type EnvelopeKind, openEnvelope } from '../../client/core/epochlog/envelope.ts'
import { type Act, encodeAct, signDrop } from '../../client/core/governance/act.ts'
import { encodeCharter } from '../../client/core/governance/charter.ts'
import { assembleMandate, isCarried } from '../../client/core/governance/motion.ts'
import { type Proposal, planProposals } from '../../client/core/governance/plan.ts'
import { deviceOf, devicesOf } from '../../client/core/governance/roster.ts'
import { ownLeafOf, signatureKeyPair } from '../../client/core/mls/group.ts'
import { encodeGroup } from '../../client/core/mls/state.ts'
import type { Proposal as MlsProposal } from '../../client/core/mls/types.ts'
import type { Book } from '../../client/core/session/book.ts'
import type { Entrance } from '../../client/core/session/desk.ts'
import { helloIn } from '../../client/core/session/hello.ts'
import { type Epoch, forumOf, rosterOf, type Staged } from '../../client/core/session/state.ts'
import { readyWelcome } from '../../client/core/session/welcomes.ts'
import { toHex } from '../../shared/base/text.ts'
import { randomBytes, sha256 } from '../../shared/crypto/sodium.ts'
import type { Blob } from '../../shared/protocol/ids.ts'
import { logKey } from '../../shared/protocol/ids.ts'
import { forgeCommit } from '../support/hostileCommit.ts'
import {
  type Adversary,
  bookAt,
  enterForged,
  type Foothold,
  footholdsOf,
  shadowOf,
  state,
  tamper,
  write,
  writeBlob,
} from './adversary.ts'
import type { Dice } from './dice.ts'
import { type Forged, forge, type Lies } from './forge.ts'
import { type Device, hostile, mend } from './world.ts'

export type Treason = (adversary: Adversary, dice: Dice) => Promise<string>

const NOTHING = 'nothing to do'

/** A device and where it stands: mostly in its newest epoch. */
const somewhere = async (adversary: Adversary, dice: Dice): Promise<Foothold | undefined> => {
  const device = dice.pick(hostile(adversary.world))
  const all = await footholdsOf(adversary, device)
  const recent = all.slice(-4)
  return dice.chance(0.7) ? recent.at(-1) : recent[dice.below(recent.length)]
}

/** Anybody's leaves but the author's: nobody, one person, some, all. */
const someVictims = (dice: Dice, { epoch }: Foothold, author: Device): readonly number[] => {
  const mine = rosterOf(epoch).devices.filter((d) => d.seat !== author.seat)
  const size = dice.below(4)
  if (size === 0 || mine.length === 0) return []
  if (size === 1) return [dice.pick(mine).leaf]
  return (size === 2 ? dice.some(mine) : mine).map(({ leaf }) => leaf)
}

const someLies = (dice: Dice, from: Foothold): Lies => ({
  victims: someVictims(dice, from, from.device),
  wrongTag: dice.chance(0.1),
})

const entranceFor = (
  epoch: Epoch,
  forged: Forged,
  opener: Entrance['opener'],
  act: Act | undefined,
): Entrance => {
  const { number, anchor, charterBytes, roster, logSeeds, ...before } = epoch.info
  return { ...before, opener, openedBy: toHex(sha256(forged.message)), openedUnasked: act === undefined }
}

type Intent = { readonly act: Act | undefined; readonly keyPackage?: Uint8Array | undefined }

/** What the rules would let this device commit there. */
export const openIntents = (book: Book, { epoch, device }: Foothold): readonly Intent[] => {
  const forum = forumOf(epoch)
  const mandates = book.motions
    .all()
    .filter(({ motion, approvals }) => isCarried(forum, motion, approvals))
    .filter(({ motion: { action } }) => action.type !== 'remove' || action.seat !== device.seat)
    .map(({ motion, approvals, join }) => ({
      act: { type: 'mandate' as const, mandate: assembleMandate(forum, motion, approvals) },
      keyPackage: join?.keyPackage,
    }))
  const requests = book.requests.all().flatMap(({ resync, leave }): readonly Intent[] => {
    if (resync) return [{ act: { type: 'resync', request: resync.request }, keyPackage: resync.keyPackage }]
    return leave && leave.seat !== device.seat ? [{ act: { type: 'leave', request: leave } }] : []
  })
  return [{ act: undefined }, ...requests, ...requests, ...mandates, ...mandates]
}

type Made = { readonly forged: Forged; readonly next: Epoch | undefined; readonly stage: Staged }

const make = async (
  adversary: Adversary,
  from: Foothold,
  intent: Intent,
  lies: Lies,
): Promise<Made | undefined> => {
  const { act, keyPackage } = intent
  const { epoch, device } = from
  const proposals = act ? planProposals(rosterOf(epoch), act, keyPackage) : []
  if (!proposals) return undefined
  const forged = await tryForge(from, proposals, lies)
  if (!forged) return undefined
  const entrance = entranceFor(epoch, forged, device.seat, act)
  const next = await enterForged(adversary, from, forged, entrance)
  const hash = entrance.openedBy
  const stage: Staged = {
    epoch: epoch.info.number,
    hash,
    message: forged.message,
    next: encodeGroup(forged.next),
    welcome: forged.welcome,
    act: act && encodeAct(act),
    keyPackage,
    hasPath: !(act?.type === 'mandate' && ['add', 'charter'].includes(act.mandate.motion.action.type)),
  }
  return { forged, next, stage }
}

/** The library refuses what could never be followed. */
const tryForge = async (
  from: Foothold,
  proposals: readonly Proposal[],
  lies: Lies,
): Promise<Forged | undefined> => {
  try {
    return await forge(from.epoch.group, proposals as readonly MlsProposal[], lies)
  } catch {
    return undefined
  }
}

/**
 * Makes a commit and writes it, and has its author's own client take it for its own and follow where nobody else may be able to. `keepsWelcome`:
 * whoever is added is sent the Welcome, by that client.
 */
export const commitAs = async (
  adversary: Adversary,
  from: Foothold,
  intent: Intent,
  { keepsWelcome, ...lies }: Lies & { readonly keepsWelcome: boolean },
): Promise<Made | undefined> => {
  const made = await make(adversary, from, intent, lies)
  if (!made) return undefined
  write(adversary, from.epoch, { kind: 1, body: made.forged.message })
  const { stage } = made
  await tamper(adversary, from.device, (book) =>
    book.staged.put(stage.hash, { ...stage, welcome: keepsWelcome ? stage.welcome : undefined }),
  )
  return made
}

/** 10.2, 10.3, 10.11: a commit that the rules allow and that some or all cannot follow. */
export const garble: Treason = async (adversary, dice) => {
  const from = await somewhere(adversary, dice)
  if (!from) return NOTHING
  const intent = dice.pick(openIntents(await bookAt(from.device), from))
  const lies = someLies(dice, from)
  if (!(await commitAs(adversary, from, intent, { ...lies, keepsWelcome: dice.chance(0.6) }))) return NOTHING
  const what = intent.act?.type ?? 'tidy'
  return `${from.device.name} commits ${what} in ${from.epoch.info.number}, garbled for ${lies.victims?.join() || 'nobody'}${lies.wrongTag ? ', wrong tag' : ''}`
}

/**
 * 4.11, 10.34: somebody else's device, or another one of its owner's. Where insiders are a third or more, cutting off can leave
 * the honest without a majority until people meet (test/exploration): not tried here.
 */
export const cutOff: Treason = async (adversary, dice) => {
  const from = await somewhere(adversary, dice)
  const seats = new Set(adversary.world.devices.map(({ seat }) => seat))
  const bad = new Set(hostile(adversary.world).map(({ seat }) => seat))
  if (!from || 3 * bad.size >= seats.size) return NOTHING
  const { devices } = rosterOf(from.epoch)
  const mine = devices.find((one) => one.leaf === ownLeafOf(from.epoch.group))
  const others = devices.filter((one) => one !== mine)
  if (!mine || others.length === 0) return NOTHING
  const { anchor, number } = from.epoch.info
  const target = dice.pick(others)
  const request = signDrop(signatureKeyPair(from.epoch.group).secretKey, {
    anchor,
    device: target.device,
    by: mine.device,
    lastEpoch: number + 1 + dice.below(3),
  })
  const lies = { ...someLies(dice, from), keepsWelcome: false }
  const made = await commitAs(adversary, from, { act: { type: 'drop', request } }, lies)
  return made ? `${from.device.name} cuts off a device of ${target.seat.slice(0, 4)} in ${number}` : NOTHING
}

/** 10.8: renewals of its keys one after another, ready before anybody has arrived. */
export const chain: Treason = async (adversary, dice) => {
  let from = await somewhere(adversary, dice)
  const links = 2 + dice.below(2)
  if (!from) return NOTHING
  const { device } = from
  const stages: Staged[] = []
  for (let i = 0; i < links && from; i++) {
    const made: Made | undefined = await make(adversary, from, { act: undefined }, {})
    if (!made?.next?.group) break
    adversary.prepared.push({ epoch: from.epoch, message: made.forged.message })
    stages.push(made.stage)
    from = { device, epoch: { ...made.next, group: made.next.group } }
  }
  await tamper(adversary, device, (book) => {
    for (const stage of stages) book.staged.put(stage.hash, stage)
  })
  return `${device.name} prepares a chain; ${await writePrepared(adversary, dice)}`
}

export const writePrepared: Treason = async (adversary, dice) => {
  const now = adversary.prepared.splice(0, 1 + dice.below(3))
  for (const { epoch, message } of now) write(adversary, epoch, { kind: 1, body: message })
  return `${now.length} prepared commits into ${now.map(({ epoch }) => epoch.info.number).join()}`
}

/** 10.4, 10.5, 10.7: without a mandate, with more than it says, with an old one, without a path. */
export const unmandated: Treason = async (adversary, dice) => {
  const from = await somewhere(adversary, dice)
  if (!from) return NOTHING
  const { epoch, device } = from
  const others = rosterOf(epoch).devices.filter((d) => d.seat !== device.seat)
  if (others.length === 0) return NOTHING
  const victim = dice.pick(others)
  const removal: Proposal = { type: 'remove', leaf: victim.leaf }
  const intents = openIntents(await bookAt(device), from).filter(({ act }) => act)
  const planned = intents.map(
    ({ act, keyPackage }) => (act && planProposals(rosterOf(epoch), act, keyPackage)) ?? [],
  )
  const old = await replays(await bookAt(device), epoch)
  const charter: Proposal = {
    type: 'charter',
    charter: encodeCharter({ ...epoch.charter, remove: { count: 2, thirds: 1 } }),
  }
  const choices: readonly (readonly Proposal[])[] = [
    devicesOf(rosterOf(epoch), victim.seat).map(({ leaf }) => ({ type: 'remove' as const, leaf })),
    [removal],
    [charter],
    ...planned
      .filter((proposals) => !proposals.some((p) => p.type === 'remove' && p.leaf === victim.leaf))
      .map((proposals) => [removal, ...proposals]),
    ...old,
  ]
  const forged = await tryForge(from, dice.pick(choices), {})
  if (!forged) return NOTHING
  const entrance = entranceFor(epoch, forged, device.seat, undefined)
  await enterForged(adversary, from, forged, entrance)
  write(adversary, epoch, { kind: 1, body: forged.message }, true)
  return `${device.name} commits against the rules in ${epoch.info.number}`
}

/** Mandates that are spent, or of another charter. */
const replays = async (book: Book, epoch: Epoch): Promise<readonly (readonly Proposal[])[]> => {
  const forum = forumOf(epoch)
  return book.motions
    .all()
    .filter(({ motion, approvals }) => !isCarried(forum, motion, approvals) && approvals.length > 0)
    .flatMap(({ motion, approvals, join }) => {
      const sorted = [...approvals].sort((a, b) => (a.device < b.device ? -1 : 1))
      const act: Act = { type: 'mandate', mandate: { motion, approvals: sorted } }
      return [planProposals(rosterOf(epoch), act, join?.keyPackage) ?? []]
    })
    .filter((proposals) => proposals.length > 0)
}

/** V5: what is allowed but for the path that is missing. The removed device could compute what comes after. */
export const pathless: Treason = async (adversary, dice) => {
  const from = await somewhere(adversary, dice)
  const count = from ? await removePathless(adversary, from) : 0
  return count > 0 ? `${count} removals without a path in ${from?.epoch.info.number}` : NOTHING
}

/** Everybody whose removal is decided; how many there were. */
export const removePathless = async (adversary: Adversary, from: Foothold): Promise<number> => {
  const acts = openIntents(await bookAt(from.device), from).flatMap(({ act }) => act ?? [])
  let count = 0
  for (const act of new Set(acts)) {
    const message = await pathlessRemoval(from, act)
    if (message) write(adversary, from.epoch, { kind: 1, body: message }, true)
    if (message) count++
  }
  return count
}

const pathlessRemoval = async ({ epoch }: Foothold, act: Act): Promise<Uint8Array | undefined> => {
  const action = act.type === 'mandate' ? act.mandate.motion.action : undefined
  if (action?.type !== 'remove') return undefined
  const removals = devicesOf(rosterOf(epoch), action.seat).map(({ leaf }) => ({
    proposalType: 'remove' as const,
    remove: { removed: leaf },
  }))
  const proposals = [...removals, { proposalType: 0xf200, proposalData: encodeAct(act) } as never]
  return forgeCommit(epoch.group, { withPath: false, proposals })
}

/** 10.12: a branch that only the adversary is in, for somebody who is stuck. */
export const fakeWelcome: Treason = async (adversary, dice) => {
  const from = await somewhere(adversary, dice)
  if (!from) return NOTHING
  const requests = (await bookAt(from.device)).requests.all().filter(({ resync }) => resync)
  if (requests.length === 0) return NOTHING
  const request = dice.pick(requests)
  if (!request.resync || !deviceOf(rosterOf(from.epoch), request.resync.request.device)) return NOTHING
  const { resync } = request
  const intent: Intent = { act: { type: 'resync', request: resync.request }, keyPackage: resync.keyPackage }
  const made = await make(adversary, from, intent, {})
  if (!made?.next?.group) return NOTHING
  const desk = await shadowOf({ device: from.device, epoch: { ...made.next, group: made.next.group } })
  if (dice.chance(0.3))
    desk.book.setEpoch({ ...made.next, info: { ...made.next.info, openedBy: 'f'.repeat(64) } })
  readyWelcome(desk, made.stage, undefined)
  const [welcome] = desk.book.welcomes.all()
  const asked = (await bookAt(from.device)).epoch(request.epoch)
  if (!welcome || !asked) return NOTHING
  for (const envelope of splitBody(2, welcome.body, randomBytes)) write(adversary, asked, envelope)
  await greetIn(adversary, made.next)
  return `${from.device.name} offers a private branch of ${from.epoch.info.number} to somebody stuck in ${request.epoch}`
}

const greetIn = async (adversary: Adversary, epoch: Epoch): Promise<void> => {
  for (const device of hostile(adversary.world)) {
    const there = (await footholdsOf(adversary, device)).find(
      (one) => one.epoch.info.logSeeds[0]?.join() === epoch.info.logSeeds[0]?.join(),
    )
    if (there) state(adversary, there, helloIn(epoch, { handle: device.name }))
  }
}

/** HELLO where it suits the adversary, also where it has no business. */
export const greetAnywhere: Treason = async (adversary, dice) => {
  const from = await somewhere(adversary, dice)
  if (!from) return NOTHING
  await greetIn(adversary, from.epoch)
  return `the traitors greet in ${from.epoch.info.number}`
}

let turn = 1

/** 10.14: votes for and against, with every device. */
export const abuseVotes: Treason = async (adversary, dice) => {
  const from = await somewhere(adversary, dice)
  if (!from) return NOTHING
  const book = await bookAt(from.device)
  const current = book.epochs().filter(({ fold, group }) => fold.current && group)
  if (current.length === 0) return NOTHING
  const about = dice.pick(current.slice(-3))
  const isVoid = dice.chance(0.7)
  for (const device of hostile(adversary.world)) {
    const there = (await footholdsOf(adversary, device)).find(
      ({ epoch }) => epoch.info.logSeeds[0]?.join() === about.info.logSeeds[0]?.join(),
    )
    const commit = about.fold.current?.commit
    if (there && commit)
      state(adversary, there, { type: isVoid ? 'void' : 'unvoid', commit, turn: 1000 + turn++ })
  }
  return `the traitors say ${isVoid ? 'VOID' : 'UNVOID'} of what ended ${about.info.number}`
}

/** 10.10 in small: noise of every kind, and what others wrote, again. */
export const flood: Treason = async (adversary, dice) => {
  const from = await somewhere(adversary, dice)
  if (!from) return NOTHING
  const count = 1 + dice.below(12)
  for (let i = 0; i < count; i++) dice.pick([noise, nonsense, repetition])(adversary, dice, from.epoch)
  return `${from.device.name} floods ${from.epoch.info.number} with ${count}`
}

type Junk = (adversary: Adversary, dice: Dice, epoch: Epoch) => void

const noise: Junk = (adversary, _, epoch) =>
  writeBlob(adversary, epoch, () => randomBytes(1024) as Blob, true)

const nonsense: Junk = (adversary, dice, epoch) => {
  const kind = (1 + dice.below(4)) as EnvelopeKind
  write(adversary, epoch, { kind, body: randomBytes(dice.below(800)) }, true)
}

/** A Welcome again may still be an offer to somebody; anything else was taken when it came first. */
const repetition: Junk = (adversary, dice, epoch) => {
  const [log] = epoch.logs
  const entries = log && adversary.world.relay.logs.get(logKey(log.id))?.entries
  const content = entries && entries.length > 0 ? dice.pick(entries).content : undefined
  const opened = log && content?.type === 'blob' ? openEnvelope(log, content.blob) : undefined
  if (opened?.ok) write(adversary, epoch, opened.value, opened.value.kind !== 2)
}

/** Its client does what clients do. */
export const behave: Treason = async (adversary, dice) => {
  const device = dice.pick(hostile(adversary.world))
  await mend(adversary.world, device)
  await device.session.sync()
  return `${device.name} behaves`
}

export const askToLeave: Treason = async (adversary, dice) => {
  const device = dice.pick(hostile(adversary.world))
  await device.session.leave()
  return `${device.name} asks to leave`
}
