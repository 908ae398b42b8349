/**
 * The vault: keys and values, all of them in memory, every change on disk before its promise resolves, everything on
 * disk locked under the passphrase (protocol.md 4.11). One transaction is one record, so writing costs what
 * changes and not what the vault holds.
 *
 * What it does not notice: somebody who puts an older copy of the whole file back, or cuts transactions off its end.
 * The heads that the relay signs show that (4.7). Not here: formats (header.ts, records.ts), storage (ports.ts).
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { cryptoReady } from '../../../shared/crypto/sodium.ts'
import { DEFAULT_COST, type PassphraseCost } from '../crypto/passphrase.ts'
import { wipe } from '../crypto/wipe.ts'
import { apply, type Contents, keysUnder, noContents, snapshot, wipeContents } from './contents.ts'
import {
  type Era,
  type HeaderRefusal,
  newWrap,
  nextEra,
  openHeader,
  sealHeader,
  type Wrap,
} from './header.ts'
import type { StoredVault, VaultFile } from './ports.ts'
import { type Change, encodeChanges, openRecord, sealRecord } from './records.ts'
import { createTurns, type Turns } from './turns.ts'

export type { Change } from './records.ts'

export type Vault = {
  /** A copy. What a write that has not resolved yet will change still has its old value. */
  readonly get: (key: string) => Uint8Array | undefined
  /** Sorted by UTF-16 code units. */
  readonly keys: (prefix: string) => readonly string[]
  /**
   * All changes or none, durable when it resolves; the values are copied before it returns. Writes take effect in the
   * order of the calls. When it rejects, disk and memory may differ: from then on everything but `close`
   * and `erase` throws, and opening the vault again shows which of the two it was.
   */
  readonly write: (changes: readonly Change[]) => Promise<void>
  /** A new wrap under the same costs, and everything rewritten: the old passphrase opens nothing on this disk. */
  readonly changePassphrase: (passphrase: string) => Promise<void>
  /**
   * Rewrites everything. What was deleted or replaced before is then absent from storage. With `if_small` a vault for which that would
   * take more than some 10 ms stays as it is.
   */
  readonly compact: (only?: 'if_small') => Promise<'large' | undefined>
  /** Waits for what was begun, drops what is dead from the disk when that is cheap, wipes the keys from memory. */
  readonly close: () => Promise<void>
  /** Removes the vault from storage, its key first. */
  readonly erase: () => Promise<void>
}

export type VaultRefusal = HeaderRefusal

/** Throws when the file holds something already or the passphrase is empty: ask `isEmpty` and the person first. */
export const createVault = async (
  file: VaultFile,
  passphrase: string,
  options: { readonly cost?: PassphraseCost } = {},
): Promise<Vault> => {
  await cryptoReady
  if (!(await file.isEmpty())) throw new Error('there is a vault already')
  const wrap = newWrap(passphrase, options.cost ?? DEFAULT_COST)
  const open = { file, wrap, era: nextEra(undefined, 0), contents: noContents() }
  const written = await file.replace({ header: sealHeader(wrap, open.era), records: [] })
  if (!written.ok) throw new Error('the vault could not be written')
  return operate({ ...open, records: 0, storedBytes: 0 })
}

/**
 * Derives the key for as long as the header says. A refusal leaves the file as it was and in the caller's hands; a
 * damaged vault is refused whole, because an older state would use keys a second time (protocol.md section 6).
 */
export const openVault = async (
  file: VaultFile,
  passphrase: string,
): Promise<Result<Vault, VaultRefusal>> => {
  await cryptoReady
  const stored = await file.load()
  if (!stored.ok) return stored
  const header = openHeader(stored.value.header, passphrase)
  if (!header.ok) return header
  const { wrap, era } = header.value
  const contents = readContents(era, stored.value)
  if (contents === undefined) return err('damaged')
  const { records } = stored.value
  return ok(operate({ file, wrap, era, contents, records: records.length, storedBytes: sizeOf(records) }))
}

const readContents = (era: Era, stored: StoredVault): Contents | undefined => {
  if (stored.records.length < era.baseRecords) return undefined
  const contents = noContents()
  for (const [number, record] of stored.records.entries()) {
    const changes = openRecord(era, number, record)
    if (changes === undefined) return undefined
    apply(contents, changes)
  }
  return contents
}

type Open = {
  readonly file: VaultFile
  wrap: Wrap
  era: Era
  contents: Contents
  /** How many there are; the number of the next one. */
  records: number
  storedBytes: number
}

/** Dead bytes that are worth rewriting a vault for while somebody works with it. */
const MIN_DEAD_BYTES = 1024 * 1024
/** Live bytes that are rewritten at every close for the sake of forgetting: some 10 ms. */
const CHEAP_BYTES = 4 * 1024 * 1024

const operate = (open: Open): Vault => {
  const turns = createTurns()
  const { values } = open.contents
  return {
    get: (key) => {
      turns.check()
      const value = values.get(key)
      return value && new Uint8Array(value)
    },
    keys: (prefix) => {
      turns.check()
      return keysUnder(open.contents, prefix)
    },
    write: async (changes) => {
      turns.check()
      if (changes.length === 0) return turns.next(async () => undefined)
      const own = changes.map(({ key, value }) => ({ key, value: value && new Uint8Array(value) }))
      const body = encodeChanges(own)
      await turns.next(() => append(open, body, own))
      tidyUp(open, turns)
    },
    changePassphrase: async (passphrase) => {
      turns.check()
      const wrap = newWrap(passphrase, open.wrap.cost)
      done(await turns.next(() => rewrite(open, wrap)))
    },
    compact: async (only) => {
      if (only === 'if_small' && !isSmall(open)) return 'large'
      done(await turns.next(() => rewrite(open)))
      return undefined
    },
    close: () =>
      turns.last(async (isSound) => {
        // Storage may refuse: both outcomes hold the same contents, and nothing is lost but space.
        if (isSound && isWorthForgetting(open)) await rewrite(open).catch(() => undefined)
        await letGo(open, open.file.close)
      }),
    erase: async () => {
      if (turns.isOver()) throw new Error('the vault is closed')
      await turns.last(() => letGo(open, open.file.erase))
    },
  }
}

/** Nobody waits for this one. If it fails half-way, the next call throws. */
const tidyUp = (open: Open, turns: Turns): void => {
  if (turns.waiting() === 0 && isBloated(open)) turns.next(() => rewrite(open)).catch(() => undefined)
}

const done = (written: Result<void, 'unchanged'>): void => {
  if (!written.ok) throw new Error('the vault could not be rewritten and is what it was')
}

const append = async (open: Open, body: Uint8Array, changes: readonly Change[]): Promise<void> => {
  const record = sealRecord(open.era, open.records, body)
  wipe(body)
  await open.file.append(record)
  open.records++
  open.storedBytes += record.length
  apply(open.contents, changes)
}

/** A new era. `wrap` replaces the one before. */
const rewrite = async (open: Open, wrap = open.wrap): Promise<Result<void, 'unchanged'>> => {
  const bodies = snapshot(open.contents)
  const era = nextEra(open.era, bodies.length)
  const records = bodies.map((body, number) => sealRecord(era, number, body))
  wipe(...bodies)
  const written = await open.file.replace({ header: sealHeader(wrap, era), records })
  if (!written.ok) return written
  wipe(open.era.key)
  if (wrap !== open.wrap) wipe(open.wrap.key)
  open.wrap = wrap
  open.era = era
  open.records = records.length
  open.storedBytes = sizeOf(records)
  open.contents.staleValues = 0
  return written
}

const letGo = async (open: Open, how: () => Promise<void>): Promise<void> => {
  wipe(open.wrap.key, open.era.key)
  wipeContents(open.contents)
  await how()
}

const isBloated = (open: Open): boolean =>
  open.storedBytes - open.contents.liveBytes > Math.max(open.contents.liveBytes, MIN_DEAD_BYTES)

/** Replaced values are used key material more often than not: the disk should not keep it for long. */
const isWorthForgetting = (open: Open): boolean =>
  isBloated(open) || (open.contents.staleValues > 0 && isSmall(open))

const isSmall = ({ contents }: Open): boolean => contents.liveBytes <= CHEAP_BYTES

const sizeOf = (records: readonly Uint8Array[]): number =>
  records.reduce((total, record) => total + record.length, 0)
