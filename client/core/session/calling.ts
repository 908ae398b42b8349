/**
 * An alarm that nobody answers calls the city by itself (product.md 3.E): when it is raised, ring R1 is sealed for those on duty and for all delegates and handed to the relay of
 * the bulletin, which appends it when its time is over, with or without this phone; members who are there for the person stop it together. Only where the charter
 * says so. Not here: what R1 holds (committee/ring.ts), who reads it (callsHeard.ts).
 */
import { concat, utf8 } from '../../../shared/base/bytes.ts'
import { ok, type Result } from '../../../shared/base/result.ts'
import { fromHex, toHex } from '../../../shared/base/text.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import type { CancelToken, DepositName } from '../../../shared/protocol/deposit.ts'
import { proveLetter, sealPosting } from '../city/bulletin.ts'
import type { BulletinTerm } from '../city/bulletinTerm.ts'
import { type Called, sealCall } from '../city/call.ts'
import { letterHash } from '../city/letter.ts'
import type { Alarm } from '../committee/alarmLife.ts'
import type { Severity } from '../committee/alarmWords.ts'
import type { CallsContent } from '../committee/callContent.ts'
import { type CallsMade, hasCalled, isThere } from '../committee/calls.ts'
import { openingOf } from '../committee/check.ts'
import { MAX_CHECK_MINUTES } from '../committee/checkContent.ts'
import { calledBy } from '../committee/cityDuty.ts'
import { membershipOf } from '../committee/cityLife.ts'
import type { KnownContent } from '../committee/content.ts'
import { encodeRing1, ring1Of } from '../committee/ring.ts'
import { type Around, atBulletin, homeOf, moveOn, runningTerm, sayAll, signAlone } from './cityAround.ts'
import { hashesOf, neededOf, othersIn, ownToken, type Tokens, tokensFor } from './tokens.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** What was raised earlier, and could not call then, does not call any more. */
const LATEST_MS = HOUR_MS
/** Days that what is posted stays readable: a term. */
const LIFE_DAYS = 7

/** product.md 3.E: after so many minutes to whom. What has no hurry stays in the committee, and so does a drill. */
export const CALLS: Readonly<Record<Severity, readonly { readonly minutes: number; readonly to: Called }[]>> =
  {
    now: [
      { minutes: 15, to: 'duty' },
      { minutes: 60, to: 'delegates' },
    ],
    today: [{ minutes: 1440, to: 'duty' }],
    note: [],
  }

/** Whether what was said may begin or stop a call. */
export const mayCall = (type: KnownContent['type']): boolean =>
  type === 'alarm' || type === 'alarmAnswer' || type === 'alarmState' || type === 'alarmChecked'

/** Of an alarm that is raised, or waits sealed. */
export type CallAbout = Pick<Alarm, 'id' | 'kind' | 'severity' | 'askedAt' | 'needs' | 'checkedBy'>

/** In the relay when it resolves; what is to be said of it, or nothing where nothing calls. `after`: minutes until the alarm itself is heard. */
const handInCalls = async (
  around: Around,
  about: CallAbout,
  after: number,
): Promise<CallsContent | undefined> => {
  const steps = CALLS[about.severity].filter(({ minutes }) => minutes + after <= MAX_CHECK_MINUTES)
  const others = othersIn(around.keeper)
  const isOn = around.view().charter.callsCity && about.kind !== 'practice'
  if (!isOn || steps.length === 0 || others.length === 0) return undefined
  const home = homeOf(around)
  const term = runningTerm(home.committee, home.nowMs)
  const mine = membershipOf(home.committee)
  if (!term || !mine) return undefined
  const tokens = tokensFor(around.keeper, others)
  const ring = encodeRing1(ring1Of(about, mine, toHex(around.keeper.random(16))))
  const waiting = await atBulletin(around, term, async (at) => {
    await at.relay.create(at.log.access)
    const done: CallsContent['waiting'][number][] = []
    for (const [i, { minutes, to }] of steps.entries()) {
      const one = { ring, to, minutes: minutes + after, needed: neededOf(others) }
      const handed = await handIn(around, at, one, tokensOf(tokens, i))
      if (handed) done.push(handed)
    }
    return done
  })
  if (!waiting || waiting.length === 0) return undefined
  const { sealed } = tokens
  return {
    type: 'calls',
    opens: openingOf(about.id),
    term: term.term,
    needed: neededOf(others),
    waiting,
    tokens: sealed,
  }
}

type Place = Parameters<Parameters<typeof atBulletin>[2]>[0]
type One = { readonly ring: string; readonly to: Called; readonly minutes: number; readonly needed: number }

const handIn = async (
  around: Around,
  { relay, log, term }: Place,
  { ring, to, minutes, needed }: One,
  held: readonly CancelToken[],
): Promise<CallsContent['waiting'][number] | undefined> => {
  const alone = signAlone(around, { type: 'ring', ...sealCall(ring, to, keysFor(around, term, to)) })
  if (!alone.ok) return undefined
  const { signed, keys } = alone.value
  const done = await relay.deposit(log.access, {
    blob: sealPosting(log, proveLetter(term, signed, keys)),
    lifeDays: LIFE_DAYS,
    waitSeconds: minutes * 60,
    needed,
    cancelHashes: hashesOf(held, around.keeper.random),
  })
  return done.ok ? { minutes, letter: letterHash(signed.letter), deposit: toHex(done.value) } : undefined
}

const keysFor = (around: Around, term: BulletinTerm, to: Called): readonly Uint8Array[] => {
  if (to === 'delegates') return [term.delegates]
  const rota = around.view().committee.rotas.get(term.term) ?? []
  return calledBy(rota, term.own.card).map(({ key }) => fromHex(key) ?? new Uint8Array(32))
}

/** A member has one token, and each of what waits another one that follows from it: the relay sees nothing twice. */
const tokenAt = (token: CancelToken, i: number): CancelToken =>
  sha256(concat(utf8('city call token/1'), token, Uint8Array.of(i))) as CancelToken

const tokensOf = ({ held }: Tokens, i: number): readonly CancelToken[] => held.map((one) => tokenAt(one, i))

/**
 * Once in a while and after every word about an alarm: what this phone raised calls, and what its member is there for is stopped. How many things were said. It takes as long as
 * the city's relay does, so it is nobody's turn meanwhile.
 */
export const keepCalls = (around: Around): Promise<number> =>
  around.calling.next(async () => {
    if (!around.isMember()) return 0
    const said = await callForOwn(around)
    await stopCalls(around)
    return said
  })

/** Of an alarm that waits sealed: `after` so many minutes it is heard itself. */
export const callFor = (around: Around, about: CallAbout, after: number): Promise<boolean> =>
  around.calling.next(async () => {
    const content = await handInCalls(around, about, after)
    if (content) await around.turns.next(() => sayAll(around, [content]))
    return content !== undefined
  })

const call = async (around: Around, about: CallAbout): Promise<boolean> => {
  const content = await handInCalls(around, about, 0)
  if (content) await around.turns.next(() => moveOn(around, [content]))
  return content !== undefined
}

const callForOwn = async (around: Around): Promise<number> => {
  let said = 0
  for (const { id } of around.view().committee.alarms.values()) {
    const alarm = around.view().committee.alarms.get(id)
    if (alarm && isToCall(around, alarm) && (await call(around, alarm))) said++
  }
  return said
}

/** By the phone that raised it, or opened it again. */
const isToCall = ({ view, keeper }: Around, alarm: Alarm): boolean => {
  const { committee, own } = view()
  const isMine = alarm.asked.device === own.device && alarm.phase.is === 'open'
  return isMine && !hasCalled(committee, alarm) && Math.abs(keeper.clock() - alarm.askedAt) <= LATEST_MS
}

const stopCalls = async (around: Around): Promise<void> => {
  const { book, clock } = around.keeper
  const { committee, own } = around.view()
  const stopped: string[] = []
  for (const made of committee.calls.values()) {
    const last = Math.max(...made.content.waiting.map(({ minutes }) => minutes))
    const isOver = clock() - made.at > last * MINUTE_MS + HOUR_MS
    if (isOver || book.stopped.get(made.id) || !isThere(committee, made, own.seat)) continue
    if (await stop(around, made)) stopped.push(made.id)
  }
  const gone = book.stopped.keys().filter((id) => !committee.calls.has(id))
  if (stopped.length + gone.length === 0) return
  await around.turns.next(async () => {
    for (const id of stopped) book.stopped.put(id, true)
    for (const id of gone) book.stopped.drop(id)
    await book.save()
  })
}

/** Whether there is nothing more to do: also where it has gone out, or this device came later and has no part in it. */
const stop = async (around: Around, { content }: CallsMade): Promise<boolean> => {
  const { keeper, view } = around
  const term = view().committee.homeTerms.get(content.term)?.term
  const token = ownToken(keeper, keeper.book.newest(), content.tokens)
  if (!term || !token) return true
  const done = await atBulletin(around, term, ({ relay, log }) =>
    Promise.all(
      content.waiting.map(({ deposit }, i): Promise<Result<undefined, { readonly type: string }>> => {
        const name = fromHex(deposit) as DepositName | undefined
        return name ? relay.cancel(log.access, name, tokenAt(token, i)) : Promise.resolve(ok(undefined))
      }),
    ),
  )
  return done?.every((one) => one.ok || one.error.type === 'none') ?? true
}
