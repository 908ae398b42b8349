/** Reading and writing a rendezvous, for both sides of a join. Always on a connection of its own: one connection serves one group. */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { type Gathering, gather, splitBody } from '../epochlog/chunks.ts'
import { sealEnvelope } from '../epochlog/envelope.ts'
import { type Join, owed, step } from '../join/exchange.ts'
import { INVITE_DAYS, INVITE_KINDS, type InviteKind } from '../join/invite.ts'
import { decodeItem, encodeItem, type JoinItem } from '../join/items.ts'
import type { Rendezvous } from '../join/rendezvous.ts'
import type { Failure, Relay } from '../relay/relay.ts'
import { readWhole } from './wholeLog.ts'

export type Meeting = { readonly relay: Relay; readonly place: Rendezvous; readonly kind: InviteKind }

/** u8 in stored structures. */
export const kindByte = (kind: InviteKind): number => INVITE_KINDS.indexOf(kind) + 1
/** What a stranger's motion claims may be anything. */
export const kindOf = (byte: number): InviteKind => INVITE_KINDS[byte - 1] ?? 'link'

export const openMeeting = (meeting: Meeting): Promise<Result<undefined, Failure>> =>
  meeting.relay.create(meeting.place.access)

/** Every item in the log, from its start. */
export const readItems = async ({ relay, place }: Meeting): Promise<Result<readonly JoinItem[], Failure>> => {
  const read = await readWhole(relay, place)
  if (!read.ok) return read
  const items: JoinItem[] = []
  let gathering: Gathering = new Map()
  for (const envelope of read.value) {
    const gathered = gather(gathering, envelope)
    gathering = gathered.gathering
    const item = gathered.whole?.kind === 5 ? decodeItem(gathered.whole.body) : undefined
    if (item?.ok) items.push(item.value)
  }
  return ok(items)
}

export const writeItem = async (
  { relay, place, kind }: Meeting,
  item: JoinItem,
  random: (size: number) => Uint8Array,
): Promise<Result<undefined, Failure>> => {
  for (const envelope of splitBody(5, encodeItem(item), random)) {
    const lifeDays = INVITE_DAYS[kind]
    const appended = await relay.append(place.access, sealEnvelope(place, envelope), { lifeDays })
    if (!appended.ok) return appended
  }
  return ok(undefined)
}

export type Turns = {
  /** Keeps the state before anything that follows from it is appended. */
  readonly keep: (join: Join) => Promise<void>
  /** The newcomer makes its key package when it has heard the offer. */
  readonly prepare: (join: Join) => Promise<Join>
  readonly random: (size: number) => Uint8Array
}

/** Reads, answers and reads again until it is the other side's turn. `items`: everything in the log by then. */
export const takeTurns = async (
  meeting: Meeting,
  join: Join,
  turns: Turns,
): Promise<Result<{ readonly join: Join; readonly items: readonly JoinItem[] }, Failure>> => {
  let now = join
  for (;;) {
    const items = await readItems(meeting)
    if (!items.ok) return items
    now = await turns.prepare(items.value.reduce(step, now))
    await turns.keep(now)
    const next = owed(now)
    if (!next) return ok({ join: now, items: items.value })
    const written = await writeItem(meeting, next, turns.random)
    if (!written.ok) return err(written.error)
  }
}
