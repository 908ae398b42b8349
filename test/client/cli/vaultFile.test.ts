/** The vault in a folder: torn writes, damage, what stays on the disk. Processes: vaultProcesses.test.ts. */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import t from 'tap'
import { openVaultFile } from '../../../client/cli/vaultFile.ts'
import { encodeFrame, readFrames } from '../../../client/cli/vaultFrames.ts'
import type { VaultFile } from '../../../client/core/vault/ports.ts'
import { openVault } from '../../../client/core/vault/vault.ts'
import {
  contentsOf,
  create,
  equalsAMap,
  keepsTheContract,
  put,
  reopen,
  type Storage,
} from '../core/vault/contract.ts'

const SECTOR = 512
const PASSPHRASE = 'the cat sat on the keyboard'
/** In memory where the system has such a folder: these tests flush some 30,000 times and cut no power. */
const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tocsin-vault-'))
t.teardown(() => rmSync(root, { recursive: true, force: true }))

let folders = 0
const newFolder = (): string => join(root, `vault-${folders++}`)

const open = async (folder: string): Promise<VaultFile> => {
  const file = await openVaultFile(folder)
  if (!file.ok) throw new Error(JSON.stringify(file.error))
  return file.value
}

/** All files but the lock of the process that reads them, which is empty of content. */
const bytesIn = (folder: string): Buffer =>
  Buffer.concat(
    readdirSync(folder)
      .filter((name) => !name.startsWith('lock-'))
      .map((name) => readFileSync(join(folder, name))),
  )

const storageIn = (folder: string): Storage => ({
  open: () => open(folder),
  raw: async () => bytesIn(folder),
})
const fresh = async (): Promise<Storage> => storageIn(newFolder())

/** What the vault of a folder says when somebody opens it, and whether it was left as it was. */
const verdict = async (folder: string): Promise<string> => {
  const file = await open(folder)
  const said = await verdictOn(file, folder)
  await file.close()
  return said
}

const verdictOn = async (file: VaultFile, folder: string): Promise<string> => {
  const before = readFileSync(join(folder, 'vault'))
  const opened = await openVault(file, PASSPHRASE)
  if (!readFileSync(join(folder, 'vault')).equals(before)) return 'changed by opening'
  return opened.ok ? JSON.stringify(contentsOf(opened.value)) : opened.error
}

/** A vault file with the contents after each record, the first of which is the base of a compaction. */
const history = async (values: readonly number[]): Promise<{ file: Buffer; states: readonly string[] }> => {
  const folder = newFolder()
  const vault = await create(storageIn(folder))
  await vault.write([put('base', 'x'.repeat(600)), put('gone', '1')])
  await vault.compact()
  const states = [JSON.stringify(contentsOf(vault))]
  for (const [i, size] of values.entries()) {
    await vault.write([
      { key: `post/${i}`, value: randomBytes(size) },
      { key: 'gone', value: undefined },
    ])
    states.push(JSON.stringify(contentsOf(vault)))
  }
  const file = readFileSync(join(folder, 'vault'))
  await vault.close()
  return { file, states }
}

const folderWith = (file: Uint8Array): string => {
  const folder = newFolder()
  mkdirSync(folder)
  writeFileSync(join(folder, 'vault'), file)
  return folder
}

t.test('the contract, in a file', (t) => keepsTheContract(t, fresh))

t.test('6 any sequence of writes, compactions and restarts equals a Map, in a file', async () =>
  equalsAMap(fresh, 20),
)

t.test('4.11 nobody else on the machine may read folder or file', async (t) => {
  const folder = join(newFolder(), 'deep', 'er')
  const vault = await create(storageIn(folder))
  await vault.write([put('a', '1')])
  await vault.compact()

  t.equal(statSync(folder).mode & 0o777, 0o700)
  t.equal(statSync(join(folder, '..')).mode & 0o777, 0o700)
  t.ok(readdirSync(folder).every((name) => (statSync(join(folder, name)).mode & 0o777) === 0o600))
  await vault.close()
  t.strictSame(readdirSync(folder), ['vault'])
})

t.test('4.11 a folder that cannot be had is a refusal with the reason', async (t) => {
  const path = newFolder()
  writeFileSync(path, 'a file')

  const refused = await openVaultFile(path)

  t.match(refused, { ok: false, error: { locked: false, code: /^E/ } })
  t.strictSame(await verdict(folderWith(Buffer.from(''))), 'not_a_vault')
  t.strictSame(await verdict(folderWith(Buffer.from('PK some archive'))), 'not_a_vault')
})

t.test('6 a write that is cut off at any byte leaves the state before it, and writing goes on', async (t) => {
  const { file, states } = await history([10, 10])
  const start = file.length - SECTOR
  const folder = folderWith(file)
  const outcomes = new Set<string>()

  for (let length = start; length < file.length; length++) {
    writeFileSync(join(folder, 'vault'), file.subarray(0, length))
    outcomes.add(await verdict(folder))
    if (length % 37 !== 0) continue
    const vault = await reopen(storageIn(folder))
    await vault.write([put('next', '1')])
    const expected = JSON.stringify(contentsOf(vault))
    const copy = folderWith(readFileSync(join(folder, 'vault')))
    if ((await verdict(copy)) !== expected) t.fail(`after a cut at ${length}`)
    await vault.close()
  }

  t.strictSame([...outcomes], [states[1]])
  t.equal(await verdict(folderWith(file)), states[2])
})

t.test('6 a write of which some sectors never reached the disk leaves the state before it', async (t) => {
  const { file, states } = await history([10, 1400])
  const start = file.length - 3 * SECTOR
  const outcomes = new Set<string>()

  for (let missing = 1; missing < 8; missing++) {
    const torn = Buffer.from(file)
    for (const sector of [0, 1, 2].filter((n) => missing & (1 << n))) {
      torn.fill(0, start + sector * SECTOR, start + (sector + 1) * SECTOR)
    }
    outcomes.add(await verdict(folderWith(torn)))
  }
  outcomes.add(await verdict(folderWith(Buffer.concat([file.subarray(0, start), Buffer.alloc(40_000)]))))
  const long = Buffer.concat([file.subarray(0, start), Buffer.alloc(SECTOR), randomBytes(2000)])
  const folder = folderWith(long)
  const vault = await reopen(storageIn(folder))
  outcomes.add(JSON.stringify(contentsOf(vault)))
  await vault.write([put('next', '1')])
  const goesOn = await verdict(folderWith(readFileSync(join(folder, 'vault'))))
  t.equal(goesOn, JSON.stringify(contentsOf(vault)), 'nothing of the torn one is left behind a shorter one')
  await vault.close()

  t.strictSame([...outcomes], [states[1]])
})

t.test(
  '6 a rewriting that is cut off at any byte leaves the old state, a finished one the new',
  async (t) => {
    const { file, states } = await history([10])
    const next = (await history([20])).file
    const folder = folderWith(file)
    const outcomes = new Set<string>()

    for (let length = 0; length <= next.length; length += length % SECTOR < 20 ? 1 : 7) {
      writeFileSync(join(folder, 'vault.new'), next.subarray(0, length))
      outcomes.add(await verdict(folder))
      if (existsSync(join(folder, 'vault.new'))) t.fail('the unfinished file is still there')
    }

    t.strictSame([...outcomes], [states[1]])
    writeFileSync(join(folder, 'vault'), next.subarray(0, 2 * SECTOR))
    t.equal(await verdict(folder), 'damaged', 'a base is whole or no vault')
  },
)

t.test('6 a rewriting that cannot begin changes nothing', async (t) => {
  const folder = newFolder()
  const vault = await create(storageIn(folder))
  await vault.write([put('a', '1')])
  mkdirSync(join(folder, 'vault.new'))

  await t.rejects(vault.compact(), { message: /is what it was/ })
  rmSync(join(folder, 'vault.new'), { recursive: true })
  await vault.write([put('b', '2')])
  await vault.compact()
  await vault.close()

  t.equal(await verdict(folder), JSON.stringify({ a: '31', b: '32' }))
})

t.test('6 damage to what was acknowledged is refused whole: any byte, also of the last record', async (t) => {
  const { file } = await history([10, 600])
  const folder = folderWith(file)
  const handle = await open(folder)
  const outcomes = new Set<string>()

  for (let at = 0; at < file.length; at++) {
    const damaged = Buffer.from(file)
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8))
    writeFileSync(join(folder, 'vault'), damaged)
    outcomes.add(await verdictOn(handle, folder))
  }
  await handle.close()
  for (let sector = 0; sector < file.length / SECTOR - 2; sector++) {
    const damaged = Buffer.from(file).fill(0, sector * SECTOR, (sector + 1) * SECTOR)
    outcomes.add(await verdict(folderWith(damaged)))
    outcomes.add(
      await verdict(
        folderWith(Buffer.concat([file.subarray(0, sector * SECTOR), file.subarray((sector + 1) * SECTOR)])),
      ),
    )
  }

  t.strictSame([...outcomes].sort(), ['damaged', 'newer_version', 'not_a_vault'])
})

t.test(
  '4.11 ten thousand hostile files: refused, or the true beginning if only the end is torn',
  async (t) => {
    const { file, states } = await history([10, 700, 10])
    const other = (await history([10, 700, 10])).file
    const records = recordsOf(file)
    const folder = folderWith(file)
    const handle = await open(folder)
    const seen: Record<string, number> = {}

    const isRightAbout = async (hostile: Uint8Array): Promise<boolean> => {
      writeFileSync(join(folder, 'vault'), hostile)
      const said = await verdictOn(handle, folder)
      const isRefusal = REFUSALS.includes(said)
      seen[isRefusal ? said : 'opened'] = (seen[isRefusal ? said : 'opened'] ?? 0) + 1
      return isRefusal || said === states[intactRecords(hostile, file) - 2]
    }
    await fc.assert(fc.asyncProperty(hostileFile(file, other, records, recordsOf(other)), isRightAbout), {
      numRuns: 10_000,
    })
    await handle.close()

    t.ok((seen.opened ?? 0) > 300 && (seen.damaged ?? 0) > 3000, JSON.stringify(seen))
  },
)

const REFUSALS = ['damaged', 'newer_version', 'not_a_vault', 'wrong_passphrase']

const recordsOf = (file: Uint8Array): readonly Uint8Array[] => {
  const frames = readFrames(file)
  return frames.ok ? frames.value.records : []
}

/** How many frames of the true file a hostile one begins with, header included. */
const intactRecords = (hostile: Uint8Array, file: Uint8Array): number => {
  let at = 0
  const ends = recordsOf(file).map((record) => {
    at += encodeFrame(record, at).length
    return at
  })
  return ends.filter((end) => Buffer.from(hostile.subarray(0, end)).equals(file.subarray(0, end))).length
}

/** Frames put together anew, with heads that fit their new places. */
const framed = (records: readonly Uint8Array[]): Uint8Array => {
  let at = 0
  const frames = records.map((record) => {
    const frame = encodeFrame(record, at)
    at += frame.length
    return frame
  })
  return Buffer.concat(frames)
}

const hostileFile = (
  file: Buffer,
  other: Buffer,
  records: readonly Uint8Array[],
  foreign: readonly Uint8Array[],
): fc.Arbitrary<Uint8Array> => {
  const at = fc.nat({ max: file.length - 1 })
  const index = fc.nat({ max: records.length - 1 })
  const bytes = fc.uint8Array({ maxLength: 1500 })
  // Of the other vault everything but its header, with which it would be a true beginning of its own.
  const sectors = (of: Buffer): readonly Buffer[] =>
    Array.from({ length: of.length / SECTOR }, (_, i) => of.subarray(i * SECTOR, (i + 1) * SECTOR))
  return fc.oneof(
    bytes,
    bytes.map((junk) => Buffer.concat([Buffer.from('tcvf'), junk])),
    at.map((length) => file.subarray(0, length)),
    fc.tuple(at, bytes).map(([length, junk]) => Buffer.concat([file.subarray(0, length), junk])),
    fc
      .tuple(at, fc.nat({ max: 7 }))
      .map(([n, bit]) => file.map((byte, i) => (i === n ? byte ^ (1 << bit) : byte))),
    fc.tuple(at, at).map(([a, b]) => file.map((byte, i) => (i >= a && i < b ? 0 : byte))),
    fc
      .array(fc.constantFrom(...sectors(file), ...sectors(other).slice(1)), { maxLength: 10 })
      .map((parts) => Buffer.concat(parts)),
    fc
      .tuple(index, index)
      .map(([a, b]) => framed(records.map((record, i) => records[{ [a]: b, [b]: a }[i] ?? i] ?? record))),
    fc
      .tuple(index, index)
      .map(([a, b]) => framed([...records.slice(0, a), ...records.slice(b, b + 1), ...records.slice(a)])),
    index.map((a) => framed(records.filter((_, i) => i !== a))),
    fc
      .tuple(index, index)
      .map(([a, b]) => framed(records.map((record, i) => (i === a ? (foreign[b] ?? record) : record)))),
    fc.tuple(index, bytes).map(([a, junk]) => framed([...records.slice(0, a), junk, ...records.slice(a)])),
    fc
      .tuple(index, fc.nat({ max: 400 }), fc.integer({ min: 1, max: 255 }))
      .map(([a, n, mask]) =>
        framed(
          records.map((record, i) =>
            i === a ? record.map((byte, j) => (j === n ? byte ^ mask : byte)) : record,
          ),
        ),
      ),
  )
}

/** The ways in which a word could lie in a file by accident. */
const forms = (word: string): readonly Buffer[] => {
  const raw = Buffer.from(word)
  const wide = Buffer.from(word, 'utf16le')
  return [
    raw,
    wide,
    Buffer.from(wide).swap16(),
    Buffer.from(raw.toString('hex')),
    Buffer.from(raw.toString('hex').toUpperCase()),
    ...[0, 1, 2].map((shift) =>
      // The middle of its base64 at each of the three alignments.
      Buffer.from(
        Buffer.concat([Buffer.alloc(shift), raw])
          .toString('base64')
          .slice(4, -4),
      ),
    ),
  ]
}

t.test(
  '4.11 I20 what is written is never readable on the disk, and what is deleted is gone from it',
  async (t) => {
    const folder = newFolder()
    const storage = storageIn(folder)
    const words = ['GEWERKSCHAFTSHAUS', 'WILDCATSTRIKE2026', 'schluesseldienstag']
    const leaks = (): readonly string[] =>
      words.filter((word) => forms(word).some((form) => bytesIn(folder).includes(form)))
    const vault = await create(storage)

    await vault.write([
      put('post/GEWERKSCHAFTSHAUS', 'WILDCATSTRIKE2026 '.repeat(100)),
      put('k', 'schluesseldienstag'),
    ])
    t.strictSame(leaks(), [])
    const before = bytesIn(folder)
    const locked = Buffer.from(recordsOf(before)[1] ?? before)
    await vault.write([{ key: 'post/GEWERKSCHAFTSHAUS', value: undefined }])
    t.ok(bytesIn(folder).includes(locked), 'until it is rewritten the old record is there')
    await vault.compact()
    t.strictSame(leaks(), [])
    for (let at = 0; at + 16 <= locked.length; at += 16) {
      if (bytesIn(folder).includes(locked.subarray(at, at + 16))) t.fail('a piece of the old record')
    }
    await vault.changePassphrase('WILDCATSTRIKE2026')
    t.strictSame(leaks(), [])
    await vault.close()
    t.strictSame(leaks(), [])
    t.ok(
      forms('WILDCATSTRIKE2026').every((form) => form.length >= 12),
      'the search looks for something',
    )
    await (await open(folder)).close()
  },
)

t.test('I20 the old header is overwritten before the file goes, in a rewriting and in erasing', async (t) => {
  const folder = newFolder()
  const vault = await create(storageIn(folder))
  await vault.write([put('a', '1')])
  const path = join(folder, 'vault')
  const watch = (): { was: Buffer; is: () => Buffer } => {
    const fd = openSync(path, 'r')
    const read = (): Buffer => {
      const start = Buffer.alloc(SECTOR)
      readSync(fd, start, 0, SECTOR, 0)
      return start
    }
    t.teardown(() => closeSync(fd))
    return { was: read(), is: read }
  }

  const old = watch()
  await vault.changePassphrase('new')
  const last = watch()
  await vault.erase()

  t.notOk(old.is().includes(old.was.subarray(40, 80)))
  t.notOk(last.is().includes(last.was.subarray(40, 80)))
  t.strictSame(readdirSync(folder), [])
})

t.test('4.11 an old copy and the old passphrase open nothing that was written later', async (t) => {
  const folder = newFolder()
  const vault = await create(storageIn(folder))
  await vault.write([put('a', '1')])
  const path = join(folder, 'vault')
  copyFileSync(path, join(root, 'copy'))
  await vault.changePassphrase('new')
  await vault.write([put('b', '2')])
  const header = recordsOf(readFileSync(join(root, 'copy')))[0] ?? Buffer.of()
  const later = recordsOf(readFileSync(path))

  t.equal(await verdict(folderWith(framed([header, ...later.slice(1)]))), 'damaged')
  t.equal(await verdict(folderWith(framed(later))), 'wrong_passphrase')
  await vault.close()
})

t.test('4.11 a vault file of version 1 opens, byte by byte as it was frozen', async (t) => {
  const vector = JSON.parse(readFileSync(new URL('../../vectors/vault.json', import.meta.url), 'utf8'))
  const folder = folderWith(Buffer.from(vector.file, 'hex'))

  const vault = await reopen(storageIn(folder), vector.passphrase)

  t.strictSame(contentsOf(vault), vector.contents)
  t.equal(readFileSync(join(folder, 'vault')).toString('hex'), vector.file)
  await vault.close()
})
