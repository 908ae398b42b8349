/** What a device tells its bell, and what it writes down until the bell has heard it: a bell of the test's own answers. Not here: the real one (test/server/bell, test/client/web/bell.test.ts). */
import t from 'tap'
import { createBell } from '../../../../client/core/bell/bell.ts'
import { isWaking, ticketsOf } from '../../../../client/core/session/waking.ts'
import { decode, encode } from '../../../../shared/base/codec.ts'
import { toHex } from '../../../../shared/base/text.ts'
import {
  type BellAnswer,
  type BellRequest,
  bellAnswer,
  isProven,
  printBellAddress,
  sealed,
} from '../../../../shared/bell/bell.ts'
import { cryptoReady, randomBytes } from '../../../../shared/crypto/sodium.ts'
import { createMemoryDisk, createMemoryVault } from '../../../support/memoryVaultFile.ts'

await cryptoReady

const DAY_MS = 86_400_000
const secret = randomBytes(32)
const address = printBellAddress({ url: 'https://bell.example.org', key: randomBytes(65), secret })
const endpoint = 'https://push.example.org/phone'

/** A device and a bell that can be away, or answer something else. */
const newDevice = async () => {
  const disk = createMemoryDisk()
  const vault = await createMemoryVault(disk)
  const heard: BellRequest[] = []
  const timers: (() => void)[] = []
  const now = { ms: Date.UTC(2026, 0, 5, 12), isAway: false, answer: { type: 'ok' } as BellAnswer }
  const world = {
    dial: () => ({ send: () => undefined, close: () => undefined }),
    timer: (_delayMs: number, wake: () => void) => {
      timers.push(wake)
      return () => undefined
    },
    clock: () => now.ms,
    chance: () => 0.5,
    post: async (url: string, body: Uint8Array) => {
      t.equal(url, 'https://bell.example.org/v1')
      if (now.isAway) return undefined
      const asked = decode(sealed, body)
      if (!asked.ok || !isProven(secret, asked.value.proof, asked.value.request)) throw new Error('unproven')
      heard.push(asked.value.request)
      return encode(bellAnswer, now.answer)
    },
  }
  /** As after a restart of the phone. */
  const open = () => createBell(vault, world)
  const types = () => heard.splice(0).map(({ type }) => type)
  return { open, bell: open(), heard, types, timers, now }
}

t.test('B1 a device registers once, again before it is forgotten, and not a day sooner', async (t) => {
  const { bell, types, now, open } = await newDevice()
  t.match(await bell.turnOn({ address: 'https://bell.example.org', rung: 'alarms', endpoint }), {
    error: 'bad_bell',
  })
  t.equal(bell.shown(), undefined)
  t.ok((await bell.turnOn({ address, rung: 'rounds', endpoint })).ok)
  t.match(open().shown(), { rung: 'rounds', endpoint, host: 'bell.example.org', isOwed: false })
  t.strictSame(types(), ['register'])
  now.ms += 14 * DAY_MS
  await bell.tend()
  t.strictSame(types(), [])
  now.ms += DAY_MS
  await bell.tend()
  await bell.tend()
  t.strictSame(types(), ['register'])
  await bell.turnOff()
  t.strictSame([types(), open().shown()], [['unregister'], undefined])
})

t.test(
  'D6 an alarm that the bell did not hear is rung when it is back, after a restart too, and not an hour later',
  async (t) => {
    const { bell, heard, types, timers, now, open } = await newDevice()
    bell.wake([])
    await bell.tend()
    t.strictSame(types(), [], 'where there is no bell nothing is rung')
    await bell.turnOn({ address, rung: undefined, endpoint: '' })
    t.strictSame(types(), [], 'who only rings others tells the bell nothing of itself')
    const ticket = randomBytes(32)
    now.isAway = true
    bell.wake([toHex(ticket)])
    await bell.tend()
    await bell.tend()
    t.equal(bell.shown()?.isOwed, true)
    t.equal(timers.length, 1, 'it is tried again by itself')
    now.isAway = false
    const again = open()
    await again.tend()
    t.match(heard, [{ type: 'ringAll' }, { type: 'ringOne', id: ticket }])
    t.equal(again.shown()?.isOwed, false)
    types()

    now.isAway = true
    again.wake([])
    await again.tend()
    now.ms += 61 * 60_000
    now.isAway = false
    await again.tend()
    t.strictSame([types(), again.shown()?.isOwed], [[], false])
  },
)

t.test('B1 a ticket is of one committee alone, and gone from the bell when it is taken back', async (t) => {
  const { bell, heard, types } = await newDevice()
  t.match(await bell.giveTicket('one'), { error: 'no_bell' })
  await bell.turnOn({ address, rung: 'alarms', endpoint })
  types()
  const [one, same, other] = [
    await bell.giveTicket('one'),
    await bell.giveTicket('one'),
    await bell.giveTicket('other'),
  ]
  t.strictSame(one, same)
  t.notSame(one, other)
  t.match(heard, [
    { type: 'register', rung: 3, endpoint },
    { type: 'register', rung: 3, endpoint },
  ])
  types()
  await bell.takeBack('one')
  await bell.takeBack('one')
  t.strictSame([types(), bell.shown()?.tickets], [['unregister'], ['other']])
  t.ok((await bell.turnOn({ address, rung: undefined, endpoint: '' })).ok)
  t.strictSame(
    [types(), bell.shown()?.tickets],
    [['unregister', 'unregister'], []],
    'nor where nothing is to ring',
  )
})

t.test('B10 an address that the bell takes nothing from any more is told to its person', async (t) => {
  const { bell, now } = await newDevice()
  await bell.turnOn({ address, rung: 'alarms', endpoint })
  now.answer = { type: 'none' }
  bell.wake([])
  await bell.tend()
  t.match(bell.shown(), { isOld: true, isOwed: false })
  now.answer = { type: 'endpoint' }
  t.match(await bell.turnOn({ address, rung: 'rounds', endpoint }), { error: 'bell_service' })
  t.equal(bell.shown()?.rung, 'alarms', 'what was so stays so')
})

t.test(
  '3.E what is NOW wakes, a practice too; devices that are not here, and this one, are not rung',
  (t) => {
    const raised = (severity: 'now' | 'today' | 'note', kind = 'practice') =>
      isWaking({ type: 'alarm', severity, kind } as never)
    t.strictSame(
      [raised('now'), raised('now', 'fired'), raised('today'), raised('note')],
      [true, true, false, false],
    )
    const member = (...devices: readonly string[]) => ({ devices: devices.map((device) => ({ device })) })
    const view = {
      committee: { tickets: new Map(['me', 'bo', 'gone'].map((one) => [one, `ticket of ${one}`])) },
      members: [member('me'), member('bo', 'silent')],
      own: { device: 'me' },
    }
    t.strictSame(ticketsOf(view as never), ['ticket of bo'])
    t.end()
  },
)
