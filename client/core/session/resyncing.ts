/**
 * Being stuck, and getting out (protocol.md 4.5 rule 2, section 6). A stuck device asks once, reads every branch it is offered, writes nothing
 * but HELLO there, and settles on the first branch in which enough of the others have arrived. Whoever garbled the commit, and the
 * device itself, do not count: a private branch of the culprit's never settles while anybody else is honest.
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { toHex } from '../../../shared/base/text.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import { sealEnvelope } from '../epochlog/envelope.ts'
import { LOG_TTL_DAYS } from '../epochlog/keys.ts'
import { readStatement, signStatement } from '../epochlog/statement.ts'
import { signResync } from '../governance/act.ts'
import type { SeatId } from '../governance/ids.ts'
import { deviceOf, fullSeats, type Roster, twoThirds } from '../governance/roster.ts'
import { leavesOf, signatureKeyPair } from '../mls/group.ts'
import { restoreKeyPackage } from '../mls/keyPackage.ts'
import { joinFromWelcome } from '../mls/welcome.ts'
import { makeEpoch } from './desk.ts'
import { helloIn } from './hello.ts'
import { halt, type Line } from './reading.ts'
import { state } from './sending.ts'
import { type Candidate, type Epoch, rosterOf, type Stuck } from './state.ts'
import { decodeBundle, entranceOf } from './welcomes.ts'
import { readWhole } from './wholeLog.ts'

/** One round: ask if that has not been done, then look at every branch on offer. */
export const getUnstuck = async (line: Line): Promise<void> => {
  const { stuck } = line.book.own()
  if (!stuck) return
  if (!stuck.asked) await ask(line, stuck)
  for (const key of line.book.candidates.keys()) {
    const candidate = line.book.candidates.get(key)
    if (candidate && (await tryBranch(line, stuck, key, candidate))) return
  }
}

/** RESYNC: signed by the leaf that is stuck, in the log of the epoch that it can still read. */
const ask = async (line: Line, stuck: Stuck): Promise<void> => {
  const epoch = line.book.epoch(stuck.epoch)
  if (!epoch?.group) return
  const request = signResync(signatureKeyPair(epoch.group).secretKey, {
    anchor: epoch.info.anchor,
    epoch: stuck.epoch,
    commit: stuck.commit,
    device: line.book.own().device,
    keyPackage: toHex(sha256(stuck.keyPackage)),
  })
  const said = await state(line, stuck.epoch, { type: 'resync', request, keyPackage: stuck.keyPackage })
  if (said.ok) line.book.setOwn({ stuck: { ...stuck, asked: true } })
  await line.book.save()
}

const tryBranch = async (line: Line, stuck: Stuck, key: string, candidate: Candidate): Promise<boolean> => {
  const branch = await openBranch(line, stuck, candidate)
  if (!branch) {
    line.book.candidates.drop(key)
    await line.book.save()
    return false
  }
  const arrived = await arrivalsIn(line, branch)
  if (!arrived) return false
  if (!candidate.hello && (await sayHelloIn(line, branch, stuck))) {
    line.book.candidates.put(key, { ...candidate, hello: true })
    await line.book.save()
  }
  if (!isSettled(rosterOf(branch), arrived, stuck)) return false
  settle(line, branch, stuck)
  await line.book.save()
  return true
}

/** The branch as an epoch; undefined if the Welcome leads anywhere but into a later epoch of our own committee. */
const openBranch = async (line: Line, stuck: Stuck, candidate: Candidate): Promise<Epoch | undefined> => {
  const held = line.book.epoch(stuck.epoch)
  const bundle = decodeBundle(candidate.bundle)
  const { suite } = line.book.own()
  const keyPackage = restoreKeyPackage(suite, stuck.keyPackage, stuck.privateKeys)
  if (!held || !bundle || !keyPackage) return undefined
  const joined = await joinFromWelcome({ suite, welcome: bundle.welcome, keyPackage })
  if (!joined.ok) return undefined
  const { group, opener } = joined.value
  const entrance = entranceOf(bundle, leavesOf(group).find((leaf) => leaf.index === opener)?.identity)
  const branch = await makeEpoch(group, entrance, line.clock())
  if (branch === 'foreign' || branch === 'outdated') return undefined
  return isOurs(held, branch, stuck) ? branch : undefined
}

/** Same committee, later, with our seat; and whoever we knew before still signs with the key we knew. */
const isOurs = (held: Epoch, branch: Epoch, stuck: Stuck): boolean =>
  sameBytes(held.info.anchor, branch.info.anchor) &&
  branch.info.number > held.info.number &&
  deviceOf(rosterOf(branch), stuck.device)?.seat === stuck.seat &&
  rosterOf(branch).devices.every((device) => {
    const known = deviceOf(rosterOf(held), device.device)
    return !known || (known.seat === device.seat && sameBytes(known.signatureKey, device.signatureKey))
  })

/** Seats that said HELLO in the branch's first log, or undefined if it cannot be read now. */
const arrivalsIn = async (line: Line, branch: Epoch): Promise<ReadonlySet<SeatId> | undefined> => {
  const log = branch.logs[0]
  if (!log) return undefined
  const read = await readWhole(line.relay, log)
  if (!read.ok) {
    halt(line, branch.info.number, read.error)
    return undefined
  }
  const statements = read.value.flatMap(
    ({ kind, body }) => (kind === 4 && readStatement(rosterOf(branch), log.id, body)) || [],
  )
  return new Set(statements.filter((s) => s.statement.stated.type === 'hello').map((s) => s.by.seat))
}

const sayHelloIn = async (line: Line, branch: Epoch, stuck: Stuck): Promise<boolean> => {
  const log = branch.logs[0]
  const mine = deviceOf(rosterOf(branch), stuck.device)
  if (!log || !mine || !branch.group) return false
  const statement = {
    leaf: mine.leaf,
    seen: branch.info.parent,
    stated: helloIn(branch, line.book.own().handle),
  }
  const signed = signStatement(signatureKeyPair(branch.group).secretKey, log.id, statement)
  const blob = sealEnvelope(log, { kind: 4, body: signed })
  return (await line.relay.append(log.access, blob, { lifeDays: LOG_TTL_DAYS })).ok
}

const isSettled = (roster: Roster, arrived: ReadonlySet<SeatId>, stuck: Stuck): boolean => {
  const electorate = fullSeats(roster).filter((seat) => seat !== stuck.seat && seat !== stuck.author)
  return electorate.filter((seat) => arrived.has(seat)).length >= twoThirds(electorate.length)
}

/** Ours from here on, under the new device id; its first commit will clear the mark (V7). */
const settle = (line: Line, branch: Epoch, stuck: Stuck): void => {
  const { book } = line
  book.setEpoch({ ...branch, notes: { ...branch.notes, hello: 'said' } })
  for (const key of book.candidates.keys()) book.candidates.drop(key)
  book.setOwn({
    device: stuck.device,
    status: 'member',
    stuck: undefined,
    since: line.clock(),
    owesTidy: true,
    counter: 0,
  })
}
