/** The vault on storage in memory: what it promises, and what it makes of storage that somebody else wrote. */
import * as fc from 'fast-check'
import t from 'tap'
import { openHeader } from '../../../../client/core/vault/header.ts'
import type { StoredVault } from '../../../../client/core/vault/ports.ts'
import { recordBytes } from '../../../../client/core/vault/records.ts'
import { owing, sweep } from '../../../../client/core/vault/sweeping.ts'
import { type Change, createVault, openVault, type Vault } from '../../../../client/core/vault/vault.ts'
import { sha256 } from '../../../../shared/crypto/sodium.ts'
import {
  CHEAP_COST,
  createMemoryDisk,
  createMemoryVault,
  type MemoryDisk,
} from '../../../support/memoryVaultFile.ts'
import { contentsOf, create, equalsAMap, keepsTheContract, put, reopen, type Storage } from './contract.ts'

const storageOn = (disk: MemoryDisk): Storage => ({
  open: async () => disk.open(),
  raw: async () => disk.raw(),
})
const fresh = async (): Promise<Storage> => storageOn(createMemoryDisk())
const text = (vault: Vault, key: string): string => Buffer.from(vault.get(key) ?? []).toString()

t.test('the contract, in memory', (t) => keepsTheContract(t, fresh))

t.test('6 any sequence of writes, compactions and restarts equals a Map', async () => equalsAMap(fresh, 200))

t.test("6 the values are the vault's own: nobody changes them from outside", async (t) => {
  const vault = await create(await fresh())
  const value = Buffer.from('kept')

  const written = vault.write([{ key: 'a', value }])
  value.fill(0)
  await written
  vault.get('a')?.fill(0)

  t.equal(text(vault, 'a'), 'kept')
})

t.test('6 a change is seen when it is durable and not before', async (t) => {
  const disk = createMemoryDisk()
  const vault = await create(storageOn(disk))
  const seen: string[] = []
  disk.beforeWrite = () => void seen.push(text(vault, 'a'))

  const both = Promise.all([vault.write([put('a', '1')]), vault.write([put('a', '2')])])
  t.equal(text(vault, 'a'), '')
  await both

  t.strictSame(seen, ['', '1'], 'and in the order of the calls')
  t.equal(text(vault, 'a'), '2')
})

t.test('6 after a failed write nothing is used, and opening again shows the state of the disk', async (t) => {
  const disk = createMemoryDisk()
  const vault = await create(storageOn(disk))
  await vault.write([put('a', '1')])
  disk.beforeWrite = () => {
    throw new Error('no space left')
  }

  const failing = vault.write([put('a', '2')])
  const behind = vault.write([put('a', '3')])
  await t.rejects(failing, { message: 'no space left' })
  await t.rejects(behind, { message: /a write failed/ })
  t.throws(() => vault.get('a'))
  t.throws(() => vault.keys(''))
  await t.rejects(vault.write([]))
  await t.rejects(vault.compact())
  await t.rejects(vault.changePassphrase('x'))
  await vault.close()
  disk.beforeWrite = () => undefined

  t.equal(text(await reopen(storageOn(disk)), 'a'), '1')
})

t.test('6 a closed vault is of no use; closing twice is once, erasing then is refused', async (t) => {
  const disk = createMemoryDisk()
  const vault = await create(storageOn(disk))
  const last = vault.write([put('a', '1')])

  await Promise.all([vault.close(), vault.close()])

  await last
  t.throws(() => vault.get('a'), { message: 'the vault is closed' })
  await t.rejects(vault.write([put('a', '2')]))
  await t.rejects(vault.erase())
  t.equal(text(await reopen(storageOn(disk)), 'a'), '1')
})

t.test('4.11 the passphrase opens it, nothing else does; an empty one is refused', async (t) => {
  const disk = createMemoryDisk()
  const vault = await create(storageOn(disk))
  await vault.changePassphrase('Caf\u00e9')

  await t.rejects(vault.changePassphrase(''))
  await vault.close()

  for (const wrong of ['', 'caf\u00e9', 'Caf\u00e9 ', 'the cat sat on the keyboard']) {
    t.strictSame(await openVault(disk.open(), wrong), { ok: false, error: 'wrong_passphrase' })
  }
  t.ok((await openVault(disk.open(), 'Cafe\u0301')).ok, 'the same word typed on another keyboard')
  await t.rejects(createMemoryVault(disk), 'there is a vault already')
})

t.test('4.11 a value that cannot be written is a bug and leaves the vault usable', async (t) => {
  const vault = await create(await fresh())

  await t.rejects(vault.write([put('k'.repeat(256), '')]))
  await t.rejects(vault.write([{ key: 'a', value: new Uint8Array(32 * 1024 * 1024 + 1) }]))
  await vault.write([put('k'.repeat(255), 'long')])

  t.equal(text(vault, 'k'.repeat(255)), 'long')
})

t.test('4.11 lengths tell little: whole sectors, rounded up by at most an eighth', async (t) => {
  const sizes = Array.from({ length: 3000 }, (_, i) => i * 997)
  const lengths = sizes.map(recordBytes)

  t.ok(lengths.every((length) => (length + 16) % 512 === 0))
  t.ok(lengths.every((length, i) => length >= (sizes[i] ?? 0) + 44))
  t.ok(lengths.every((length, i) => length <= ((sizes[i] ?? 0) + 60) * 1.125 + 512))
  t.ok(new Set(lengths).size < 150, 'three megabytes in few classes')
})

t.test(
  '4.11 writing costs what changes, and a vault of dead bytes is rewritten behind the back',
  async (t) => {
    const disk = createMemoryDisk()
    const vault = await create(storageOn(disk))
    const base = new Uint8Array(1_500_000)
    await vault.write([{ key: 'base', value: base }])
    const before = disk.raw().length

    await vault.write([{ key: 'delta/1', value: new Uint8Array(76) }])
    t.equal(disk.raw().length - before, 496)
    await vault.write([{ key: 'base', value: base }])
    await vault.write([{ key: 'base', value: base }])
    await vault.write([])

    t.ok(disk.raw().length < 2 * base.length, 'two dead bases are gone')
    t.strictSame(vault.keys(''), ['base', 'delta/1'])
    const stored = disk.stored()?.records.length ?? 0
    await vault.close()
    t.ok((disk.stored()?.records.length ?? 0) <= stored)
    t.equal((await reopen(storageOn(disk))).get('base')?.length, base.length)
  },
)

t.test('I20 closing drops replaced values from storage, so that used keys do not stay there', async (t) => {
  const disk = createMemoryDisk()
  const vault = await create(storageOn(disk))
  await vault.write([put('ratchet', '1')])
  await vault.write([put('ratchet', '2')])
  const before = disk.stored()

  await vault.close()

  t.equal(before?.records.length, 2)
  t.equal(disk.stored()?.records.length, 1)
  const keyIn = (header: Uint8Array): string => {
    const opened = openHeader(header, 'the cat sat on the keyboard')
    return opened.ok ? Buffer.from(opened.value.era.key).toString('hex') : opened.error
  }
  t.not(keyIn(disk.stored()?.header ?? Buffer.of()), keyIn(before?.header ?? Buffer.of()), 'and their key')
})

t.test('I20 rewriting that fails early changes nothing and does not end the vault', async (t) => {
  const disk = createMemoryDisk()
  const file = disk.open()
  const vault = await createVault(
    {
      ...file,
      replace: async (next) => (disk.stored() ? { ok: false, error: 'unchanged' } : file.replace(next)),
    },
    'the cat sat on the keyboard',
    { cost: CHEAP_COST },
  )
  await vault.write([put('a', '1')])

  await t.rejects(vault.compact(), { message: /is what it was/ })
  await t.rejects(vault.changePassphrase('new'))
  await vault.write([put('b', '2')])
  await vault.close()

  t.strictSame(contentsOf(await reopen(storageOn(disk))), { a: '31', b: '32' })
})

const damagedSum = (header: Uint8Array): Uint8Array =>
  Buffer.concat([header.subarray(0, -32), sha256(header.subarray(0, -32))])

/** A vault with five transactions, and the contents after each of them. */
const history = async (): Promise<{ stored: StoredVault; states: ReadonlySet<string>; final: string }> => {
  const disk = createMemoryDisk()
  const vault = await create(storageOn(disk))
  await vault.write([put('base', 'x'.repeat(600)), put('gone', '1')])
  await vault.compact()
  const states = new Set([JSON.stringify(contentsOf(vault))])
  for (let i = 0; i < 4; i++) {
    await vault.write([put(`post/${i}`, `text ${i}`), { key: i === 1 ? 'gone' : 'none', value: undefined }])
    states.add(JSON.stringify(contentsOf(vault)))
  }
  const stored = disk.stored()
  if (stored === undefined) throw new Error('nothing stored')
  return { stored, states, final: JSON.stringify(contentsOf(vault)) }
}

const verdict = async (stored: StoredVault): Promise<string> => {
  const opened = await openVault(createMemoryDisk(stored).open(), 'the cat sat on the keyboard')
  return opened.ok ? JSON.stringify(contentsOf(opened.value)) : opened.error
}

t.test(
  '4.11 headers: every flipped bit, every cut, newer versions and absurd costs are refused',
  async (t) => {
    const { stored } = await history()
    const header = Buffer.from(stored.header)
    const withHeader = (change: (copy: Buffer) => Uint8Array): Promise<string> =>
      verdict({ ...stored, header: change(Buffer.from(header)) })
    const refused = new Set<string>()

    for (let bit = 0; bit < header.length * 8; bit++) {
      const flip = (copy: Buffer): Buffer => {
        copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        return copy
      }
      refused.add(await withHeader(flip))
      // A forger makes the check fit: the box still knows. (The cost has its own lines below.)
      const isCost = bit >> 3 >= 13 && bit >> 3 < 21
      const isCheck = bit >> 3 >= header.length - 32
      if (!isCost && !isCheck) refused.add(await withHeader((copy) => damagedSum(flip(copy))))
    }
    for (let length = 0; length < header.length; length++)
      refused.add(await withHeader((copy) => copy.subarray(0, length)))
    t.strictSame([...refused].sort(), ['damaged', 'newer_version', 'not_a_vault', 'wrong_passphrase'])

    const withCost = (operations: number, memory: number): Promise<string> =>
      withHeader((copy) => {
        copy.writeUInt32BE(operations, 13)
        copy.writeUInt32BE(memory, 17)
        return damagedSum(copy)
      })
    t.equal(await withCost(2, 8192), 'wrong_passphrase', 'the cost is authenticated')
    t.equal(await withCost(1, 9216), 'wrong_passphrase')
    t.equal(await withCost(0, 8192), 'damaged')
    t.equal(await withCost(17, 8192), 'damaged')
    t.equal(await withCost(1, 8191), 'damaged')
    t.equal(await withCost(1, 256 * 1024 * 1024 + 1), 'damaged')
    t.equal(await withCost(0xffffffff, 0xffffffff), 'damaged')
    t.equal(await withHeader((copy) => copy.fill(2, 12, 13)), 'newer_version')
  },
)

t.test(
  '4.11 records: 10,000 lists that nobody wrote are refused or are the beginning of the true one',
  async (t) => {
    const { stored, states, final } = await history()
    const other = (await history()).stored
    const { records } = stored
    const pick = fc.nat({ max: records.length - 1 })
    const list = fc.oneof(
      fc.array(fc.constantFrom(...records, ...other.records), { maxLength: 7 }),
      fc
        .tuple(pick, pick)
        .map(([a, b]) => records.map((record, i) => records[{ [a]: b, [b]: a }[i] ?? i] ?? record)),
      fc
        .tuple(pick, pick)
        .map(([a, b]) => [...records.slice(0, a), ...records.slice(b, b + 1), ...records.slice(a)]),
      pick.map((a) => records.filter((_, i) => i !== a)),
      fc.nat({ max: records.length }).map((length) => records.slice(0, length)),
      fc
        .tuple(pick, fc.nat({ max: 495 }), fc.integer({ min: 1, max: 255 }))
        .map(([a, at, mask]) =>
          records.map((record, i) =>
            i === a ? record.map((byte, j) => (j === at ? byte ^ mask : byte)) : record,
          ),
        ),
      fc
        .tuple(pick, fc.uint8Array({ maxLength: 600 }))
        .map(([a, junk]) => records.map((record, i) => (i === a ? junk : record))),
    )
    const seen = { damaged: 0, beginning: 0 }

    await fc.assert(
      fc.asyncProperty(list, async (hostile) => {
        const outcome = await verdict({
          header: stored.header,
          records: hostile,
        })
        seen[outcome === 'damaged' ? 'damaged' : 'beginning']++
        const isBeginning = hostile.every((record, i) =>
          Buffer.from(record ?? []).equals(records[i] ?? Buffer.of(0)),
        )
        return isBeginning && hostile.length > 0 ? states.has(outcome) : outcome === 'damaged'
      }),
      { numRuns: 10_000 },
    )

    t.equal(await verdict(stored), final)
    t.ok(seen.damaged > 1000 && seen.beginning > 500, 'both were seen')
  },
)

/** A vault that says how it was asked to be rewritten, and answers what it is told to. */
const sweepable = (answer: () => Promise<'large' | undefined> = async () => undefined) => {
  const kept = new Map<string, Uint8Array>()
  const asked: (string | undefined)[] = []
  return {
    asked,
    keys: () => [...kept.keys()].sort(),
    vault: {
      get: (key: string) => kept.get(key),
      write: async (changes: readonly Change[]) => {
        for (const { key, value } of changes) value ? kept.set(key, value) : kept.delete(key)
      },
      compact: async (only?: 'if_small') => {
        asked.push(only)
        return answer()
      },
    },
  }
}

t.test(
  'I20 a vault is rewritten at once for what was forgotten where that is cheap, and once a day',
  async (t) => {
    const [KEY, DAY, NOW] = ['g/owes', 86_400_000, 20_000 * 86_400_000]
    const { vault, asked, keys } = sweepable()
    await sweep(vault, KEY, NOW)
    t.strictSame(asked, [], 'a new one has nothing to lose')
    await sweep(vault, KEY, NOW + DAY - 1)
    t.strictSame(asked, [], 'not twice a day for nothing')
    await vault.write([owing(KEY)])
    await sweep(vault, KEY, NOW + 5)
    t.strictSame(asked, ['if_small'])
    t.strictSame(keys(), ['swept'], 'and owes nothing any more')
    await sweep(vault, KEY, NOW + DAY + 4)
    t.equal(asked.length, 1, 'a day is counted from the last time')
    await sweep(vault, KEY, NOW + DAY + 5)
    t.strictSame(asked, ['if_small', undefined], 'whatever it costs')
    await sweep(vault, KEY, NOW)
    t.equal(asked.length, 3, 'a clock that was set back')
  },
)

t.test('I20 what could not be rewritten is owed until it is, at the latest after a day', async (t) => {
  const [KEY, DAY, NOW] = ['g/owes', 86_400_000, 20_000 * 86_400_000]
  let answer: 'large' | 'refuses' | undefined = 'large'
  const { vault, asked, keys } = sweepable(async () => {
    if (answer === 'refuses') throw new Error('no space left')
    return answer
  })
  await sweep(vault, KEY, NOW)
  await vault.write([owing(KEY)])
  await sweep(vault, KEY, NOW + 1)
  answer = 'refuses'
  await sweep(vault, KEY, NOW + DAY)
  t.strictSame(asked, ['if_small', undefined])
  t.strictSame(keys(), [KEY, 'swept'])
  answer = undefined
  await sweep(vault, KEY, NOW + DAY + 1)
  t.strictSame(asked, ['if_small', undefined, undefined], 'asked again the next time')
  t.strictSame(keys(), ['swept'])
})
