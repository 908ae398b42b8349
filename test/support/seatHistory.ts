/**
 * Generated histories of a committee as the rules see it: any mix of acts about seats and devices, each judged, and what is valid applied to the
 * leaves and to the ledger. Not here: MLS, logs, votes (test/model).
 */
import fc from 'fast-check'
import { type Charter, decodeCharter, encodeCharter } from '../../client/core/governance/charter.ts'
import { encodeIdentity, type SeatId } from '../../client/core/governance/ids.ts'
import { applyToLedger, type Ledger, ledgerCodec, newLedger } from '../../client/core/governance/ledger.ts'
import type { Action } from '../../client/core/governance/motion.ts'
import { joinedMark } from '../../client/core/governance/newcomers.ts'
import { planProposals } from '../../client/core/governance/plan.ts'
import {
  devicesOf,
  encodeSeatData,
  joinedOf,
  readRoster,
  seatsOf,
} from '../../client/core/governance/roster.ts'
import { judge } from '../../client/core/governance/validity.ts'
import type { Court, Effect, Seen } from '../../client/core/governance/verdict.ts'
import { decode, encode } from '../../shared/base/codec.ts'
import {
  ANCHOR,
  aCommit,
  aCommittee,
  actProposal,
  aMotion,
  aNewcomer,
  deviceNumber,
  dropCommit,
  dropOfDevice,
  filled,
  leaveOf,
  mandateOf,
  type Newcomer,
  removeLeaf,
  type Signer,
  signerOf,
} from './court.ts'

type World = {
  readonly epoch: number
  readonly signers: readonly Signer[]
  readonly ledger: Ledger
  readonly charter: Charter
  readonly count: number
}

const { charter: CHARTER } = aCommittee({ seats: 1, charter: { probation: 2 } }).court

/** The court as a member has it who was told the leaves and the ledger, and nothing of how they came about. */
const courtOf = ({ epoch, signers, ledger, charter: current }: World): Court => {
  const charterBytes = encodeCharter(current)
  const charter = decodeCharter(charterBytes)
  const told = decode(ledgerCodec, encode(ledgerCodec, ledger))
  if (!charter || !told.ok) throw new Error('does not decode')
  const leaves = signers.map((s) => ({
    index: s.leaf,
    identity: encodeIdentity(s.seat, s.device),
    signatureKey: s.signatureKey,
    seatData: encodeSeatData({ writerKey: filled(1), joined: s.joined, after: [] }),
    source: 'commit' as const,
  }))
  const roster = readRoster(epoch, charter, leaves, told.value)
  if (!roster) throw new Error('foreign')
  return {
    anchor: ANCHOR,
    charter,
    charterBytes,
    roster,
    ledger: told.value,
    hellos: new Set(),
    barred: new Set(),
    opener: undefined,
  }
}

const kinds = ['drop', 'drop', 'deviceAdd', 'settle', 'remove', 'leave', 'add', 'charter'] as const
export type Step = {
  readonly kind: (typeof kinds)[number]
  readonly a: number
  readonly b: number
  readonly few: boolean
}
export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...kinds), a: fc.nat(99), b: fc.nat(99), few: fc.boolean() }),
  { minLength: 4, maxLength: 14 },
)

type Attempt = { readonly seen: Seen; readonly fresh?: Signer; readonly charter?: Charter }
type Scene = Step & {
  readonly world: World
  readonly court: Court
  readonly author: Signer
  readonly target: Signer
  readonly by: Signer
  readonly seat: SeatId
  readonly approvers: readonly Signer[]
}

const mandated = ({ court, author, approvers }: Scene, action: Action, added?: Newcomer): Seen => {
  const act = mandateOf(aMotion(court, action), approvers)
  const proposals = planProposals(court.roster, act, added?.bytes) ?? []
  const hasPath = proposals.some(({ type }) => type === 'remove')
  return aCommit({ by: author, proposals, hasPath, ...(added && { added }) })
}

const dropping = ({ target, by, author }: Scene): Attempt => ({
  seen: dropCommit(dropOfDevice(target, by), target, author),
})

const leaving = ({ court, author, target }: Scene): Attempt => {
  const leaves = devicesOf(court.roster, target.seat).map(({ leaf }) => removeLeaf(leaf))
  const act = actProposal({ type: 'leave', request: leaveOf(target) })
  return { seen: aCommit({ by: author, proposals: [...leaves, act] }) }
}

const removing = (scene: Scene): Attempt => {
  const { seat } = scene
  const approvers = scene.approvers.filter((s) => s.seat !== seat)
  return { seen: mandated({ ...scene, approvers }, { type: 'remove', seat }) }
}

const settling = (scene: Scene): Attempt | undefined => {
  const { drops } = scene.world.ledger
  const open = drops[scene.b % Math.max(1, drops.length)]
  return open && { seen: mandated(scene, { type: 'settleDrop', ...open }) }
}

const linking = (scene: Scene): Attempt => {
  const { court, seat, world } = scene
  const fresh = leafFor(world, Number.parseInt(seat, 16) - 0xa00, joinedOf(court.roster, seat) ?? 0)
  const added = aNewcomer(fresh)
  return { seen: mandated(scene, { type: 'deviceAdd', keyPackage: added.view.hash, seat }, added), fresh }
}

const admitting = (scene: Scene): Attempt => {
  const { court, world, author } = scene
  const fresh = leafFor(world, 200 + world.count, joinedMark(court.roster))
  const added = aNewcomer({ ...fresh, resynced: false })
  const action = { type: 'add', keyPackage: added.view.hash, seat: fresh.seat, sponsor: author.seat } as const
  return { seen: mandated(scene, action, added), fresh }
}

/** Another probation, longer than anybody has been here or shorter. */
const changing = (scene: Scene): Attempt => {
  const charter = { ...scene.court.charter, probation: scene.b % 20 }
  return { seen: mandated(scene, { type: 'charter', charter: encodeCharter(charter) }), charter }
}

const leafFor = ({ signers, count }: World, who: number, joined: number): Signer => {
  const free = Math.max(...signers.map(({ leaf }) => leaf)) + 1
  return { ...signerOf(who, 5, free, { joined }), device: deviceNumber(900, count) }
}

const ATTEMPTS: Record<Step['kind'], (scene: Scene) => Attempt | undefined> = {
  drop: dropping,
  deviceAdd: linking,
  settle: settling,
  remove: removing,
  leave: leaving,
  add: admitting,
  charter: changing,
}

const attempt = (world: World, court: Court, step: Step): Attempt | undefined => {
  const { signers } = world
  const [target, by] = [signers[step.a % signers.length], signers[step.b % signers.length]]
  const author = signers.find((s) => s.seat !== target?.seat)
  const seats = seatsOf(court.roster)
  const seat = seats[step.a % seats.length]
  if (!author || !target || !by || !seat) return undefined
  const approvers = signers.slice(0, step.few ? 2 : signers.length)
  return ATTEMPTS[step.kind]({ ...step, world, court, author, target, by, seat, approvers })
}

const apply = (world: World, { seen, fresh, charter = world.charter }: Attempt, effect: Effect): World => {
  const out = (seen.proposals ?? []).flatMap((p) => (p.type === 'remove' ? [p.leaf] : []))
  const stay = world.signers.filter(({ leaf }) => !out.includes(leaf))
  return {
    epoch: world.epoch + 1,
    signers: fresh ? [...stay, fresh] : stay,
    ledger: applyToLedger(world.ledger, effect, world.epoch + 1),
    charter,
    count: world.count + 1,
  }
}

export type Edge = {
  readonly before: Court
  readonly after: Court
  readonly effect: Effect
  readonly ledger: Ledger
}

/** What the valid ones of these steps made of a committee of four. */
export const history = (list: readonly Step[]): readonly Edge[] => {
  const { signers } = aCommittee({ seats: 4 })
  let world: World = { epoch: 5, signers, ledger: newLedger, charter: CHARTER, count: 0 }
  const edges: Edge[] = []
  for (const step of list) {
    const before = courtOf(world)
    const tried = attempt(world, before, step)
    const judged = tried && judge(before, tried.seen)
    if (!tried || !judged?.ok) continue
    // I1: who kept the values and who was told them agree.
    const founder = judge({ ...before, ledger: world.ledger }, tried.seen)
    if (JSON.stringify(founder) !== JSON.stringify(judged)) throw new Error('verdicts differ')
    world = apply(world, tried, judged.value)
    edges.push({ before, after: courtOf(world), effect: judged.value, ledger: world.ledger })
  }
  return edges
}
