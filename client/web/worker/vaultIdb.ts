/**
 * A vault in the database of a browser (IndexedDB): one store in which the records have the numbers from 0 on. What resolves is on the disk (durability
 * 'strict'), and a transaction is there whole or not at all. The header lies under a key of the browser's own that no script can read out,
 * a new one for every state, so that a copy of what scripts can read does not even allow guessing the passphrase. Of a copy of the
 * whole profile folder it keeps nobody off: some browsers hold that key there as it is.
 *
 * Not here: which tab may have it (vaultLock.ts), what the records mean (client/core/vault).
 */
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb'
import { concat } from '../../../shared/base/bytes.ts'
import { err, ok } from '../../../shared/base/result.ts'
import type { StoredVault, VaultFile } from '../../core/vault/ports.ts'

type Key = 'key' | 'header' | 'owner' | number
type Schema = DBSchema & { readonly vault: { key: Key; value: Uint8Array | CryptoKey | string } }

type Store = {
  readonly name: string
  readonly db: IDBPDatabase<Schema>
  /** Of this opening: whoever opens it after us writes another one, and then nothing of ours is written any more. */
  readonly owner: string
  /** Number of the next record; undefined until the store was read or written. */
  next: number | undefined
  isOpen: boolean
}

const STRICT = { durability: 'strict' } as const
const RECORDS = IDBKeyRange.bound(0, Number.MAX_SAFE_INTEGER)
const CIPHER = 'AES-GCM'
/** Bytes. */
const NONCE = 12

/** The one who opens it last has it. Ends with `close` or `erase`. */
export const openVaultIdb = async (name: string): Promise<VaultFile> => {
  const db = await openDB<Schema>(name, 1, {
    upgrade: (fresh) => void fresh.createObjectStore('vault'),
    // Somebody erases it elsewhere: holding on would keep them waiting.
    blocking: () => letGo(store),
  })
  const store: Store = { name, db, owner: crypto.randomUUID(), next: undefined, isOpen: true }
  await db.put('vault', store.owner, 'owner')
  return {
    isEmpty: async () => (await db.getKey('vault', 'header')) === undefined,
    load: () => load(store),
    append: (record) => append(store, record),
    replace: (next) => replace(store, next),
    close: async () => letGo(store),
    erase: () => erase(store),
  }
}

/** Without opening it for writing: the state of a vault that another tab may have. */
export const hasVaultIdb = async (name: string): Promise<boolean> => {
  const db = await openDB<Schema>(name, 1, {
    upgrade: (fresh) => void fresh.createObjectStore('vault'),
  })
  const header = await db.getKey('vault', 'header')
  db.close()
  return header !== undefined
}

const load = async (store: Store): ReturnType<VaultFile['load']> => {
  const at = store.db.transaction('vault')
  const [sealed, key, numbers, records] = await Promise.all([
    at.store.get('header'),
    at.store.get('key'),
    at.store.getAllKeys(RECORDS),
    at.store.getAll(RECORDS),
  ])
  if (sealed === undefined && numbers.length === 0) return err('not_a_vault')
  const header = await open(key, sealed)
  const isWhole = numbers.every((number, i) => number === i) && records.every(isBytes)
  if (!header || !isWhole) return err('damaged')
  store.next = records.length
  return ok({ header, records: records.filter(isBytes) })
}

const append = async (store: Store, record: Uint8Array): Promise<void> => {
  const { next } = store
  if (next === undefined) throw new Error('read or write the vault before appending to it')
  await write(store, (at) => at.put(new Uint8Array(record), next))
  store.next = next + 1
}

const replace = async (store: Store, { header, records }: StoredVault): ReturnType<VaultFile['replace']> => {
  check(store)
  const key = await newKey()
  const sealed = await seal(key, header)
  try {
    await write(store, async (at) => {
      await at.clear()
      const rest = records.map((record, i) => at.put(new Uint8Array(record), i))
      await Promise.all([at.put(key, 'key'), at.put(sealed, 'header'), at.put(store.owner, 'owner'), ...rest])
    })
  } catch (error) {
    // A transaction that failed has changed nothing; in one that was not ours to make, somebody else has.
    if (!store.isOpen || (await store.db.get('vault', 'owner')) !== store.owner) throw error
    return err('unchanged')
  }
  store.next = records.length
  return ok(undefined)
}

/** One transaction, refused within itself when somebody else has opened the vault since. */
const write = async (store: Store, use: (at: Writer) => Promise<unknown>): Promise<void> => {
  check(store)
  const transaction = store.db.transaction('vault', 'readwrite', STRICT)
  const done = transaction.done
  done.catch(() => undefined)
  try {
    if ((await transaction.store.get('owner')) !== store.owner)
      throw new Error('the vault was opened elsewhere')
    await use(transaction.store)
  } catch (error) {
    if (store.isOpen) abort(transaction)
    throw error
  }
  await done
}

type Transaction = ReturnType<typeof begin>
type Writer = Transaction['store']
const begin = (db: IDBPDatabase<Schema>) => db.transaction('vault', 'readwrite', STRICT)

/** Of one that has ended by itself there is nothing to abort. */
const abort = (transaction: Transaction): void => {
  try {
    transaction.abort()
  } catch {
    // It is over: whatever ended it has been reported.
  }
}

const check = ({ isOpen }: Store): void => {
  if (!isOpen) throw new Error('the vault is closed')
}

const letGo = (store: Store): void => {
  store.isOpen = false
  store.next = undefined
  store.db.close()
}

const erase = async (store: Store): Promise<void> => {
  await write(store, async (at) => {
    await at.put(new Uint8Array(256), 'header')
    await at.clear()
  })
  letGo(store)
  await deleteDB(store.name)
}

const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array

const newKey = (): Promise<CryptoKey> =>
  crypto.subtle.generateKey({ name: CIPHER, length: 256 }, false, ['encrypt', 'decrypt'])

const seal = async (key: CryptoKey, header: Uint8Array): Promise<Uint8Array> => {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE))
  const box = await crypto.subtle.encrypt({ name: CIPHER, iv }, key, new Uint8Array(header))
  return concat(iv, new Uint8Array(box))
}

const open = async (key: unknown, sealed: unknown): Promise<Uint8Array | undefined> => {
  if (!(key instanceof CryptoKey) || !isBytes(sealed)) return undefined
  const iv = sealed.slice(0, NONCE)
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: CIPHER, iv }, key, sealed.slice(NONCE)))
  } catch {
    return undefined
  }
}
