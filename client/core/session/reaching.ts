/**
 * The number to call, or the phrase by which a friend is known (product.md 3.E, ring R0): sealed to the raiser's own phones, and handed on by one of them to whoever says that they
 * are on it. Nobody else in the committee can read it, and nobody at all once the alarm is over. Not here: what the committee sees of it (committee/alarmContent.ts).
 */
import { utf8 } from '../../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { fromHex, fromUtf8, toHex } from '../../../shared/base/text.ts'
import { type Alarm, isLive } from '../committee/alarmLife.ts'
import type { Committee } from '../committee/committee.ts'
import { encodeContent, type KnownContent } from '../committee/content.ts'
import { MAX_TEXT } from '../committee/fields.ts'
import { isPlainText, toPlainText } from '../committee/plainText.ts'
import { openSealed, sealTo } from '../crypto/sealTo.ts'
import type { SeatId } from '../governance/ids.ts'
import { type Device, devicesOf } from '../governance/roster.ts'
import type { Turns } from '../vault/turns.ts'
import { queue } from './outbox.ts'
import { signerIn } from './sending.ts'
import { rosterOf } from './state.ts'
import type { Keeper } from './upkeep.ts'

/** As many as a response team has (product.md 2.1): who comes later asks one of them. */
export const TEAM = 5

export type ReachingCommands = {
  /** Of an alarm of this member's own: only those who are on it will read it. */
  readonly setReach: (
    alarm: string,
    text: string,
  ) => Promise<Result<'sent' | 'waiting', 'not_member' | 'bad_reach'>>
  /** For its raiser, and for whoever is on it. */
  readonly reachOf: (alarm: string) => string | undefined
}

type Around = {
  readonly keeper: Keeper
  readonly turns: Turns
  readonly committee: () => Committee
  readonly isMember: () => boolean
  readonly sendNow: () => Promise<'sent' | 'waiting'>
}

/** As somebody typed it. */
export const isReach = (typed: string): boolean => {
  const text = toPlainText(typed).trim()
  return text !== '' && text.length <= MAX_TEXT.place && isPlainText(text)
}

export const reachingCommands = ({
  keeper,
  turns,
  committee,
  isMember,
  sendNow,
}: Around): ReachingCommands => ({
  setReach: (alarm, typed) =>
    turns.next(async () => {
      const text = toPlainText(typed).trim()
      if (!isMember()) return err('not_member')
      if (!isReach(typed)) return err('bad_reach')
      const { book } = keeper
      const known = committee().alarms.get(alarm)
      const team = known?.seat === book.own().seat ? teamOf(known) : []
      queue(keeper, said(alarm, text, devicesIn(keeper, [book.own().seat, ...team])))
      return ok(await sendNow())
    }),
  reachOf: (alarm) => {
    const known = committee().alarms.get(alarm)
    return known && reachIn(keeper, known)
  },
})

const teamOf = ({ answers }: Alarm): readonly SeatId[] =>
  [...answers].flatMap(([seat, { answer }]) => (answer === 'on_it' ? [seat as SeatId] : [])).slice(0, TEAM)

const devicesIn = ({ book }: Keeper, seats: readonly SeatId[]): readonly Device[] => {
  const roster = rosterOf(book.newest())
  return [...new Set(seats)].flatMap((seat) => devicesOf(roster, seat))
}

const said = (alarm: string, text: string, devices: readonly Device[]) => {
  const sealed = devices.map(({ device, signatureKey }) => ({
    device: device as string,
    sealed: toHex(sealTo(signatureKey, utf8(text))),
  }))
  const content: KnownContent = { type: 'alarmReach', alarm, sealed }
  return { type: 'content' as const, content: encodeContent(content) }
}

const reachIn = ({ book }: Keeper, { phase, reach }: Alarm): string | undefined => {
  const signer = signerIn(book, book.newest())
  const mine = signer && isLive(phase) ? fromHex(reach.get(signer.device) ?? '') : undefined
  const opened = signer && mine && mine.length > 0 ? openSealed(signer.key, mine) : undefined
  const text = opened && fromUtf8(opened)
  return text !== undefined && isPlainText(text) ? text : undefined
}

/** Hands it on to who has come to be on an alarm of ours; whether there was somebody. */
export const handOnReach = (keeper: Keeper, { alarms }: Pick<Committee, 'alarms'>): boolean => {
  const own = keeper.book.own().seat
  const mine = [...alarms.values()].filter(({ seat, reach }) => seat === own && reach.size > 0)
  const handed = mine.filter((alarm) => {
    const missing = devicesIn(keeper, teamOf(alarm)).filter(({ device }) => !alarm.reach.has(device))
    const text = missing.length > 0 ? reachIn(keeper, alarm) : undefined
    if (text !== undefined) queue(keeper, said(alarm.id, text, missing))
    return text !== undefined
  })
  return handed.length > 0
}
