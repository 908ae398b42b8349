/** What every backend of the vault promises (client/core/vault/ports.ts, F1 to F6), and what the vault makes of it. */
import * as fc from 'fast-check'
import type { Test } from 'tap'
import type { VaultFile } from '../../../../client/core/vault/ports.ts'
import { type Change, createVault, openVault, type Vault } from '../../../../client/core/vault/vault.ts'
import { unreachable } from '../../../../shared/base/unreachable.ts'
import { CHEAP_COST } from '../../../support/memoryVaultFile.ts'

export type Storage = {
  readonly open: () => Promise<VaultFile>
  /** Every byte that the storage holds. */
  readonly raw: () => Promise<Uint8Array>
}

const PASSPHRASE = 'the cat sat on the keyboard'

export const create = async (storage: Storage): Promise<Vault> =>
  createVault(await storage.open(), PASSPHRASE, { cost: CHEAP_COST })

export const reopen = async (storage: Storage, passphrase = PASSPHRASE): Promise<Vault> => {
  const opened = await openVault(await storage.open(), passphrase)
  if (!opened.ok) throw new Error(opened.error)
  return opened.value
}

export const contentsOf = (vault: Vault): Record<string, string> =>
  Object.fromEntries(vault.keys('').map((key) => [key, Buffer.from(vault.get(key) ?? []).toString('hex')]))

export const put = (key: string, value: string): Change => ({ key, value: Buffer.from(value) })

const record = (fill: number): Uint8Array => new Uint8Array(496).fill(fill)
const header = (fill: number): Uint8Array => new Uint8Array(100).fill(fill)

export const keepsTheContract = async (t: Test, fresh: () => Promise<Storage>): Promise<void> => {
  await t.test('F1 storage is empty until the first replace, and has nothing to load', async (t) => {
    const file = await (await fresh()).open()

    t.equal(await file.isEmpty(), true)
    t.strictSame(await file.load(), { ok: false, error: 'not_a_vault' })
    await t.rejects(file.append(record(1)))
    await file.replace({ header: header(1), records: [] })
    t.equal(await file.isEmpty(), false)
    await file.close()
  })

  await t.test(
    'F2 F3 F4 what was appended and replaced is what is loaded, byte by byte, also later',
    async (t) => {
      const storage = await fresh()
      const first = await storage.open()
      const expected = async (file: VaultFile, fills: readonly number[], head: number): Promise<void> => {
        const loaded = await file.load()
        t.strictSame(
          loaded.ok && [loaded.value.header, ...loaded.value.records].map((bytes) => Buffer.from(bytes)),
          [header(head), ...fills.map(record)].map((bytes) => Buffer.from(bytes)),
        )
      }

      await first.replace({ header: header(1), records: [record(1), record(2)] })
      await first.append(record(3))
      await expected(first, [1, 2, 3], 1)
      await first.append(record(4))
      await first.close()
      const second = await storage.open()
      await expected(second, [1, 2, 3, 4], 1)
      t.strictSame(await second.replace({ header: header(2), records: [record(5)] }), {
        ok: true,
        value: undefined,
      })
      await second.append(record(6))
      await expected(second, [5, 6], 2)
      await second.close()
      const third = await storage.open()
      await expected(third, [5, 6], 2)
      await third.close()
      t.equal(Buffer.from(await storage.raw()).includes(Buffer.alloc(32, 1)), false, 'the old state is gone')
    },
  )

  await t.test('F5 F6 a closed file refuses, an erased one is empty', async (t) => {
    const storage = await fresh()
    const first = await storage.open()
    await first.replace({ header: header(1), records: [record(1)] })
    await first.close()

    await t.rejects(first.append(record(2)))
    const second = await storage.open()
    await second.erase()

    t.equal((await storage.raw()).length, 0)
    const third = await storage.open()
    t.equal(await third.isEmpty(), true)
    await third.close()
  })

  await t.test(
    '6 a vault keeps what it acknowledged, through closing, compaction and a new passphrase',
    async (t) => {
      const storage = await fresh()
      const vault = await create(storage)

      await vault.write([put('post/2', 'two'), put('post/1', 'one'), put('seat', '')])
      await vault.write([{ key: 'post/2', value: undefined }, put('post/10', 'ten')])
      t.strictSame(vault.keys('post/'), ['post/1', 'post/10'])
      t.equal(vault.get('post/2'), undefined)
      t.equal(vault.get('seat')?.length, 0)
      const expected = contentsOf(vault)
      await vault.close()
      const again = await reopen(storage)
      t.strictSame(contentsOf(again), expected)
      await again.compact()
      await again.changePassphrase('another one')
      await again.write([put('late', 'entry')])
      await again.close()
      const last = await reopen(storage, 'another one')
      t.strictSame(contentsOf(last), { ...expected, late: Buffer.from('entry').toString('hex') })
      await last.erase()
      t.equal((await storage.raw()).length, 0)
    },
  )
}

type Step =
  | { readonly do: 'write'; readonly changes: readonly Change[] }
  | { readonly do: 'compact' | 'reopen' | 'passphrase' }

const key = fc.constantFrom('a', 'b', 'b/1', 'b/2', 'group/é', 'z')
const value = fc.option(fc.uint8Array({ maxLength: 2000 }), { nil: undefined })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      changes: fc.array(fc.record({ key, value }), { maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { do: 'compact' as const },
      { do: 'reopen' as const },
      { do: 'passphrase' as const },
    ),
  },
)

/** Any sequence of steps leaves what a Map would hold. */
export const equalsAMap = (fresh: () => Promise<Storage>, numRuns: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const storage = await fresh()
      const model = new Map<string, string>()
      let run = { vault: await create(storage), passphrase: PASSPHRASE }
      for (const next of [...steps, { do: 'reopen' as const }]) {
        run = await perform(storage, run, next)
        applyTo(model, next)
        if (!isEqual(run.vault, model)) return false
      }
      await run.vault.erase()
      return true
    }),
    { numRuns },
  )

type Run = { readonly vault: Vault; readonly passphrase: string }

const perform = async (storage: Storage, run: Run, next: Step): Promise<Run> => {
  switch (next.do) {
    case 'write':
      await run.vault.write(next.changes)
      return run
    case 'compact':
      await run.vault.compact()
      return run
    case 'passphrase':
      await run.vault.changePassphrase(`${run.passphrase}!`)
      return { vault: run.vault, passphrase: `${run.passphrase}!` }
    case 'reopen':
      await run.vault.close()
      return { vault: await reopen(storage, run.passphrase), passphrase: run.passphrase }
    default:
      return unreachable(next)
  }
}

const applyTo = (model: Map<string, string>, next: Step): void => {
  for (const { key, value } of next.do === 'write' ? next.changes : []) {
    if (value === undefined) model.delete(key)
    else model.set(key, Buffer.from(value).toString('hex'))
  }
}

const isEqual = (vault: Vault, model: ReadonlyMap<string, string>): boolean =>
  JSON.stringify(contentsOf(vault)) ===
  JSON.stringify(Object.fromEntries([...model].sort(([a], [b]) => (a < b ? -1 : 1))))
