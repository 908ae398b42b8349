import t from 'tap'
import { utf8 } from '../../../../shared/base/bytes.ts'
import { cryptoReady, sha256 } from '../../../../shared/crypto/sodium.ts'
import { type CancelToken, cancelHash, type Deposit } from '../../../../shared/protocol/deposit.ts'
import { access, failure, follow, LIFE, openDesk, value, withLog } from '../../../support/desk.ts'
import { settled } from '../../../support/fakeTimer.ts'
import { appendTo, testAccess, testBlob } from '../../../support/memoryLog.ts'

await cryptoReady

const TOKENS = Array.from({ length: 32 }, (_, i) => sha256(utf8(`token ${i}`)) as CancelToken)
const newDeposit = (text: string, changes: Partial<Deposit> = {}): Deposit => ({
  blob: testBlob(text),
  lifeDays: 7,
  waitSeconds: 900,
  needed: 2,
  cancelHashes: TOKENS.map(cancelHash),
  ...changes,
})
const [FIRST, SECOND] = TOKENS as [CancelToken, CancelToken]

t.test('T3 a deposit is appended when its time is over, once, and watchers are served', async (t) => {
  const desk = await withLog(t)
  const { near, far } = desk
  const { seen } = follow(desk)
  await value(near.deposit(access, newDeposit('sealed')))
  await value(near.deposit(access, newDeposit('sealed')))

  far.pass(899)
  t.equal(far.log(access.id).entries.length, 0)
  far.pass(1)
  far.pass(86_400)
  await settled()

  t.strictSame(seen.texts, ['sealed'])
  t.strictSame(seen.faults, [])
  await value(near.deposit(access, newDeposit('sealed')))
  t.strictSame(far.waiting(), [], 'nor again')
})

t.test('T4 only as many different tokens as it needs cancel a deposit, in any connection', async (t) => {
  const { near, far } = await withLog(t)
  const name = await value(near.deposit(access, newDeposit('sealed')))

  await value(near.cancel(access, name, FIRST))
  await value(near.cancel(access, name, FIRST))
  t.equal(await failure(near.cancel(access, name, sha256(FIRST) as CancelToken)), 'none', 'not its token')
  t.equal(far.waiting().length, 1)
  await value(openDesk(t, far).near.cancel(access, name, SECOND))
  t.equal(await failure(near.cancel(access, name, SECOND)), 'none', 'it does not wait any more')
  await value(near.deposit(access, newDeposit('sealed')))
  far.pass(86_400)

  t.equal(far.log(access.id).entries.length, 0)
})

t.test('T3 what waits is bounded, and an append that leaves no room releases it first', async (t) => {
  const { near, far, clock } = await withLog(t)
  for (let i = 0; i < 16; i++) await value(near.deposit(access, newDeposit(`${i}`)))
  const more = failure(near.deposit(access, newDeposit('more')))
  await clock.pass(100_000)
  t.equal(await more, 'slow')
  t.equal(await failure(near.deposit(access, newDeposit('x', { blob: testBlob('x', 1000) }))), 'size')
  t.equal(await failure(near.deposit(access, newDeposit('x', { blob: testBlob('x', 262_144) }))), 'size')

  const small = testAccess(7, { cap: 0 })
  await value(near.create(small))
  await value(near.deposit(small, newDeposit('sealed')))
  for (let i = 0; i < 199; i++) appendTo(far.log(small.id), testBlob(`${i}`))
  t.equal(await failure(near.append(small, testBlob('the last'), LIFE)), 'full')
  t.equal(far.log(small.id).entries.length, 200)
  t.equal(await failure(near.deposit(small, newDeposit('late'))), 'full')
})

t.test(
  'L9 a writer who has used up a share is told so; a log that keeps no shares is not believed',
  async (t) => {
    const shared = testAccess(8, { cap: 0, writerSigned: true, moreWriters: 2 })
    const { near, far } = await withLog(t, 0, shared)
    await value(near.append(shared, testBlob('large', 262_144), LIFE))
    t.equal(await failure(near.append(shared, testBlob('small'), LIFE)), 'share')
    t.equal(await failure(near.deposit(shared, newDeposit('later'))), 'share')
    t.equal(far.log(shared.id).entries.length, 1)
    await value(near.create(access))
    far.misbehave({
      refuse: ({ type }) => (type === 'append' || type === 'deposit' ? { type: 'full' } : undefined),
    })
    t.equal(await failure(near.append(access, testBlob('x'), LIFE)), 'lie')
    t.equal(await failure(near.deposit(access, newDeposit('later'))), 'lie')
  },
)
