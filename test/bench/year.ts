/**
 * A committee through a year of simulated life, with real clients and real MLS on a relay in memory: what it costs each member a day, whether what a device holds
 * grows without end, and what somebody finds who was away for 45 days. Beside it stands what nobody can do without: opening the envelope and
 * checking one signature of every entry, and the text itself. Not here: what the people do (yearLife.ts), the counting (yearMeter.ts).
 */
import { openEnvelope } from '../../client/core/epochlog/envelope.ts'
import { encodeGroup } from '../../client/core/mls/state.ts'
import { openBook } from '../../client/core/session/book.ts'
import { cryptoReady, newKeyPair, sign, verify } from '../../shared/crypto/sodium.ts'
import { logKey } from '../../shared/protocol/ids.ts'
import { createMemoryRelay, type MemoryRelay } from '../support/memoryRelay.ts'
import { must, type Person } from '../support/people.ts'
import { number, type Pace, say, table } from './bench.ts'
import { begin, everyDevice, liveADay, type Year } from './yearLife.ts'
import { cpuMs, createMeters, type Spent } from './yearMeter.ts'

const FULL = { seats: 30, days: 365, awayFrom: 10, every: 15 }
const QUICK = { seats: 8, days: 90, awayFrom: 30, every: 15 }
/** Processor time after which the year ends where it is. The whole of it takes half an hour: TOCSIN_TEST_FULL=1. */
const BUDGET_MS = 5 * 60_000
const isWhole = process.env.TOCSIN_TEST_FULL === '1'
const AWAY_DAYS = 45
/** The relay forgets a log so long after the last word in it. */
const LOG_DAYS = 46

export const year = async ({ quick }: Pace): Promise<void> => {
  await cryptoReady
  const plan = quick ? QUICK : FULL
  const relay = createMemoryRelay()
  const meters = createMeters(relay)
  const from = cpuMs()
  const now = await begin(meters, plan.seats)
  const building = cpuMs() - from
  say(
    `${plan.seats} members, ${everyDevice(now).length} devices, in after ${number(building / 1000)} s of processor`,
  )
  meters.reset()
  const grave = graveOf(relay)
  let before = meters.all()
  const rows = [HEADER, await stateOf(now, before)]
  for (let day = 1; day <= plan.days && (isWhole || cpuMs() - from < BUDGET_MS); day++) {
    await liveADay(now)
    grave.bury(day)
    if (day === plan.awayFrom) now.away = now.members[1]?.seat
    if (day === plan.awayFrom + AWAY_DAYS) await comeBack(now, await floorOf(relay, now))
    if (day % plan.every !== 0) continue
    const row = await stateOf(now, before)
    rows.push(row)
    process.stderr.write(`# ${HEADER.map((name, i) => `${name} ${row[i]}`).join(', ')}\n`)
    before = meters.all()
  }
  say(`\n${now.day} of ${plan.days} days; what one phone holds, in KiB:`)
  table(rows)
  printCosts({ year: now, spent: meters.all(), written: grave.written(), floorMs: await floorOf(relay, now) })
}

const HEADER = [
  'day',
  'members',
  'devices',
  'epoch',
  'held',
  'file',
  'live',
  'MLS',
  'epochs',
  'sayings',
  'motions',
  'rest',
  'view ms',
  'look ms',
]

/** Of the first member's phone. */
const stateOf = async ({ day, members, meters }: Year, before: Spent): Promise<readonly string[]> => {
  const { vault, disk, session } = firstOf(members)
  const root = `committee/${session.id}/`
  const sizes = new Map<string, number>()
  for (const key of vault.keys(root)) {
    const area = key.slice(root.length).split('/')[0] ?? ''
    sizes.set(area, (sizes.get(area) ?? 0) + (vault.get(key)?.length ?? 0))
  }
  const live = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  const [epochs = 0, sayings = 0, motions = 0] = ['epoch', 'said', 'motion'].map((area) => sizes.get(area))
  const book = await openBook(vault, session.id)
  const { group, info } = book.newest()
  const mls = group ? encodeGroup(group).length : 0
  const held = [disk.raw().length, live, mls, epochs, sayings, motions, live - epochs - sayings - motions]
  const devices = members.reduce((sum, { second }) => sum + (second ? 2 : 1), 0)
  const all = meters.all()
  const from = cpuMs()
  for (let i = 0; i < 10; i++) session.view()
  return [
    ...[day, members.length, devices, info.number, book.epochs().length].map(String),
    ...held.map((bytes) => number(bytes / 1024)),
    number((cpuMs() - from) / 10),
    number((all.cpuMs - before.cpuMs) / (all.looks - before.looks)),
  ]
}

const firstOf = ([first]: Year['members']): Person => {
  if (!first) throw new Error('nobody is left')
  return first.phone
}

type Written = { readonly entries: number; readonly bytes: number }
type Grave = {
  /** What a relay forgets, the one in memory forgets too. */
  readonly bury: (day: number) => void
  /** All that ever stood in a log. */
  readonly written: () => Written
}

const plus = (a: Written, b: Written): Written => ({
  entries: a.entries + b.entries,
  bytes: a.bytes + b.bytes,
})

const graveOf = (relay: MemoryRelay): Grave => {
  const known = new Map<string, Written & { readonly day: number }>()
  let gone: Written = { entries: 0, bytes: 0 }
  const before = [...relay.logs.values()].map(sizeOf).reduce(plus, gone)
  return {
    bury: (day) => {
      const heard = relay.requests as unknown[]
      heard.length = 0
      for (const [key, log] of relay.logs) {
        const last = known.get(key)
        const now = sizeOf(log)
        if (last?.entries !== now.entries) known.set(key, { ...now, day })
        else if (day - last.day > LOG_DAYS) {
          relay.logs.delete(key)
          known.delete(key)
          gone = plus(gone, now)
        }
      }
    },
    written: () => {
      const all = [...known.values()].reduce<Written>(plus, gone)
      return { entries: all.entries - before.entries, bytes: all.bytes - before.bytes }
    },
  }
}

const sizeOf = ({
  entries,
  bytes,
}: {
  readonly entries: readonly unknown[]
  readonly bytes: readonly number[]
}): Written => ({
  entries: entries.length,
  bytes: bytes.at(-1) ?? 0,
})

/** Milliseconds for opening the envelope and checking one signature, of each entry that a device holds the keys of. */
const floorOf = async (relay: MemoryRelay, { members }: Year): Promise<number> => {
  const { vault, session } = firstOf(members)
  const { publicKey, secretKey } = newKeyPair()
  let entries = 0
  let spent = 0
  for (const log of (await openBook(vault, session.id)).epochs().flatMap(({ logs }) => logs))
    for (const { content } of relay.logs.get(logKey(log.id))?.entries ?? []) {
      const body = content.type === 'blob' && openEnvelope(log, content.blob)
      if (content.type !== 'blob' || !body || !body.ok) continue
      const signature = sign(secretKey, body.value.body)
      const from = cpuMs()
      openEnvelope(log, content.blob)
      verify(publicKey, body.value.body, signature)
      spent += cpuMs() - from
      entries++
    }
  return spent / entries
}

type Costs = {
  readonly year: Year
  readonly spent: Spent
  readonly written: Written
  readonly floorMs: number
}

const printCosts = ({ year: lived, spent, written, floorMs }: Costs): void => {
  const { day, memberDays, deviceDays, written: characters } = lived
  const each = (sum: number): string => number(sum / memberDays)
  const all = [spent.cpuMs, spent.received / 1024, spent.sent / 1024, spent.requests]
  say(
    `\na day of one member, with ${number(deviceDays / memberDays)} devices and ${number(spent.looks / memberDays)} looks:`,
  )
  table([['processor ms', 'KiB received', 'KiB sent', 'requests'], all.map(each)])
  const reads = (written.entries * deviceDays) / day
  say(`entries a day, of all: ${number(written.entries / day)}, ${number(written.bytes / 1024 / day)} KiB`)
  say(
    `processor beside opening and checking each entry once (${number(floorMs)} ms): ${number(spent.cpuMs / (reads * floorMs))}`,
  )
  say(
    `bytes received beside the text (${number(characters / day)} a day): ${number((spent.received * day) / (characters * deviceDays))}`,
  )
}

/** Who was away looks again. */
const comeBack = async (lived: Year, floorMs: number): Promise<void> => {
  const { meters, members, away } = lived
  const phone = members.find(({ seat }) => seat === away)?.phone
  lived.away = undefined
  if (!phone) throw new Error('they are not with us any more')
  const before = { ...meters.of(phone.name) }
  const epoch = phone.session.view().epoch
  let entries = 0
  await meters.measured(phone.name, async () => {
    must(
      await phone.session.sync((progress) => {
        entries += progress.entries
      }),
    )
  })
  const { cpuMs: all, received, requests } = meters.of(phone.name)
  const view = phone.session.view()
  const ms = all - before.cpuMs
  say(
    `\nback after ${AWAY_DAYS} days: ${view.own.status}, ${view.epoch - epoch} epochs and ${entries} entries later`,
  )
  table([
    ['processor ms', 'KiB received', 'requests', 'beside opening and checking each once'],
    [
      number(ms),
      number((received - before.received) / 1024),
      String(requests - before.requests),
      number(ms / (entries * floorMs)),
    ],
  ])
}
