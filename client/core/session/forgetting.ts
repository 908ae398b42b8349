/**
 * What is over leaves the vault: what was said when its shelf life ends (committee/shelfLife.ts, SPEC.md SH1 to SH8), snapshots after theirs (I8), logs after the relay's;
 * and what is left of it on the disk goes with the next sweep (vault/sweeping.ts). By this device's clock, once an hour, with or without a line to the relay.
 */
import type { Committee } from '../committee/committee.ts'
import { pastTime, type Shelf } from '../committee/shelfLife.ts'
import type { SeatId } from '../governance/ids.ts'
import { seatsOf } from '../governance/roster.ts'
import { type Book, numberKey } from './book.ts'
import type { Desk } from './desk.ts'
import { MINE } from './joinings.ts'
import { foldSaid, foldSayings, saidOf } from './sayings.ts'
import { type Epoch, rosterOf } from './state.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Days, as the committee agreed, or fewer if this device's owner wants to carry less. */
export const shelfOf = (book: Pick<Book, 'own' | 'newest'>): Shelf => {
  const { keepDays, keepAlarmDays, keepPlanDays, keepMeetingDays } = book.newest().charter
  const most = book.own().keepAtMost ?? Number.POSITIVE_INFINITY
  return {
    posts: Math.min(most, keepDays),
    alarms: Math.min(most, keepAlarmDays),
    plans: Math.min(most, keepPlanDays),
    meetings: Math.min(most, keepMeetingDays),
  }
}

/** At the beginning of a round. A clock that was set back counts as time that has passed. */
export const forgetInTime = async (desk: Desk): Promise<void> => {
  const { book } = desk
  const ageMs = desk.clock() - book.own().forgotAt
  if (ageMs >= 0 && ageMs < HOUR_MS) return
  await forget(desk)
}

export const forget = async (desk: Desk): Promise<void> => {
  const { book } = desk
  forgetSaid(desk)
  forgetEpochs(desk)
  forgetKnown(desk)
  book.setOwn({ forgotAt: desk.clock() })
  await book.save()
  await forgetFiles(desk)
}

/** Ids stay known until the process ends, and their authors' counters for good: a resend brings none back. */
export const forgetSaid = (desk: Desk): void => {
  const { book } = desk
  const stored = book.sayings.all()
  const said = stored.flatMap(saidOf)
  const gone = pastTime(said, foldSaid(said, book.told.get(MINE)?.begin), {
    shelf: shelfOf(book),
    nowMs: desk.clock(),
    here: hereIn(book),
    isFounded: book.newest().charter.isFounded,
    isVoting: (seat) =>
      book.motions.all().some(({ outcome, motion: { action } }) => {
        return outcome === 'open' && action.type === 'remove' && action.seat === seat
      }),
  })
  for (const { id, order } of stored) if (gone.has(id)) book.sayings.drop(numberKey(order))
  if (gone.size > 0) book.owe()
}

/** Members, and whoever was one in an epoch to which this device could still have to go back. */
const hereIn = (book: Book): ReadonlySet<SeatId> =>
  new Set([
    ...seatsOf(rosterOf(book.newest())),
    ...book.epochs().flatMap((epoch) => (epoch.group ? seatsOf(rosterOf(epoch)) : [])),
  ])

/** A file is forgotten with its post, then only whoever saved it has it; and one of ours is no longer on its way once it was announced. */
const forgetFiles = async ({ book }: Desk): Promise<void> => {
  const said = new Set(book.sayings.all().map(({ id }) => id))
  const { downloads, uploads } = book.files
  await downloads.drop(downloads.ids().filter((id) => !said.has(id)))
  await uploads.drop(uploads.ids().filter((id) => said.has(id)))
}

/** Hours that the snapshot of an epoch is kept (I8), at most as long as posts are. */
const SNAPSHOT_HOURS = 72

/** Ends snapshots whose time is over, and forgets epochs whose logs have died. */
export const forgetEpochs = (desk: Desk): void => {
  const { book } = desk
  const now = desk.clock()
  for (const epoch of book.epochs().slice(0, -1)) {
    const left = epoch.notes.leftAt
    if (left === undefined) continue
    const hours = Math.min(SNAPSHOT_HOURS, 24 * epoch.charter.keepDays)
    if (epoch.group && now - left > hours * HOUR_MS) endSnapshot(desk, epoch)
    if (now - left <= 46 * DAY_MS) continue
    book.dropEpoch(epoch.info.number)
    book.owe()
  }
}

const endSnapshot = (desk: Desk, epoch: Epoch): void => {
  const { book } = desk
  const { number } = epoch.info
  book.setEpoch({ ...epoch, group: undefined })
  for (const key of book.staged.keys()) if (book.staged.get(key)?.epoch === number) book.staged.drop(key)
  for (const key of book.delivered.keys())
    if ((book.delivered.get(key)?.sealed?.epoch ?? number + 1) <= number) book.delivered.drop(key)
  book.owe()
}

/** Days after which what was decided about members is no longer looked for: as of motions (committee/shelfLife.ts). */
const VOTED_DAYS = 60

/** What this device knew about devices, motions and names that nothing speaks of any more. */
const forgetKnown = (desk: Desk): void => {
  const { book } = desk
  const committee = foldSayings(book.sayings.all(), book.told.get(MINE)?.begin)
  const isOld = (at: number): boolean =>
    desk.clock() - at > Math.max(VOTED_DAYS, shelfOf(book).meetings) * DAY_MS
  forgetMotions(book, committee, isOld)
  forgetDevices(book, isOld)
  forgetNames(book, committee)
  for (const key of book.homeless.keys()) if (isOld(book.homeless.get(key) ?? 0)) book.homeless.drop(key)
}

/** In no epoch that is held: nothing of it can be heard any more. */
const forgetDevices = ({ epochs, peers, heard, devices }: Book, isOld: (at: number) => boolean): void => {
  const there = new Set<string>(
    epochs().flatMap((epoch) => rosterOf(epoch).devices.map(({ device }) => device)),
  )
  const gone = (keys: readonly string[]): readonly string[] => keys.filter((key) => !there.has(key))
  for (const key of gone(peers.keys())) peers.drop(key)
  for (const key of gone(heard.keys())) heard.drop(key)
  for (const key of gone(devices.keys())) {
    const { cutOff, came } = devices.get(key) ?? {}
    if (isOld(cutOff?.at ?? came?.at ?? 0)) devices.drop(key)
  }
}

/** Of whoever is here it stays known who vouched for them, and of what is kept which approvals carried it. */
const forgetMotions = (book: Book, committee: Committee, isOld: (at: number) => boolean): void => {
  const here = hereIn(book)
  const named = new Set(
    [...committee.motions.values()].map(({ vote }) => vote?.decides.by === 'mandate' && vote.decides.mandate),
  )
  for (const hash of book.motions.keys()) {
    const known = book.motions.get(hash)
    if (!known || known.outcome === 'open' || named.has(hash) || !isOld(known.at)) continue
    const { action } = known.motion
    if (action.type === 'add' && known.outcome === 'carried_out' && here.has(action.seat)) continue
    book.motions.drop(hash)
    book.owe()
  }
}

const forgetNames = (book: Book, committee: Committee): void => {
  const needed = new Set<string>([
    ...book.epochs().flatMap((epoch) => seatsOf(rosterOf(epoch))),
    ...committee.handles.keys(),
    ...book.sayings.all().map(({ seat }) => seat),
    ...book.motions.all().flatMap(({ by, motion: { action } }) => {
      return [...(by ? [by] : []), ...(action.type === 'charter' ? [] : [action.seat])]
    }),
  ])
  for (const seat of book.handles.keys()) {
    if (needed.has(seat)) continue
    book.handles.drop(seat)
    book.owe()
  }
}
