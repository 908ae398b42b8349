/** The vault's file between any two calls to the system: what a crash there leaves, and what is flushed before what. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import fs, { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openVaultFile } from '../../../client/cli/vaultFile.ts'
import { createVault, openVault, type Vault } from '../../../client/core/vault/vault.ts'
import { CHEAP_COST } from '../../support/memoryVaultFile.ts'
import { contentsOf, put } from '../core/vault/contract.ts'

/** In memory where the system has such a folder: what is flushed is watched, not waited for. */
const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tocsin-vault-'))
t.teardown(() => rmSync(root, { recursive: true, force: true }))

type Call = (...given: unknown[]) => Promise<unknown>

/** Called before and after every call that changes something on the disk, with the name of the call. */
let happen: (call: string) => void = () => undefined

const watched = (name: string, real: Call): Call =>
  async function (this: unknown, ...given) {
    happen(`before ${name}`)
    const result = await real.apply(this, given)
    happen(name)
    return result
  }

/** The system may take less than it is given: of every write it takes half at first, so that a crash can tear it. */
const halving = (real: Call): Call =>
  function (this: unknown, ...given) {
    const [bytes, offset, length, position] = given
    return real.call(this, bytes, offset, offset === 0 ? Math.ceil(Number(length) / 2) : length, position)
  }

const watchTheSystem = async (): Promise<() => void> => {
  const some = await open(root, 'r')
  const handles: Record<string, Call> = Object.getPrototypeOf(some)
  await some.close()
  const calls = fs as unknown as Record<string, Call>
  const undo: (() => void)[] = []
  const watch = (where: Record<string, Call>, name: string): void => {
    const real = where[name]
    if (real === undefined) throw new Error(`no ${name}`)
    undo.push(() => {
      where[name] = real
    })
    where[name] = watched(name, name === 'write' ? halving(real) : real)
  }
  for (const name of ['write', 'sync', 'datasync', 'truncate']) watch(handles, name)
  for (const name of ['rename', 'unlink']) watch(calls, name)
  syncBuiltinESMExports()
  return () => {
    for (const restore of undo) restore()
    syncBuiltinESMExports()
  }
}

const openFolder = async (folder: string, passphrases: readonly string[]): Promise<Vault | undefined> => {
  const file = await openVaultFile(folder)
  if (!file.ok) throw new Error('locked')
  for (const passphrase of passphrases) {
    const vault = await openVault(file.value, passphrase)
    if (vault.ok) return vault.value
  }
  await file.value.close()
  return undefined
}

t.test(
  '6 I6 a crash between any two calls to the system leaves the state before or the state after',
  async (t) => {
    const folder = join(root, 'live')
    const file = await openVaultFile(folder)
    if (!file.ok) throw new Error('locked')
    const snapshots: {
      readonly folder: string
      readonly allowed: readonly string[]
      readonly call: string
    }[] = []
    let allowed: readonly string[] = ['none', '{}']
    const restore = await watchTheSystem()
    t.teardown(restore)
    happen = (call) => {
      const copy = join(root, `crash-${snapshots.length}`)
      mkdirSync(copy)
      for (const name of ['vault', 'vault.new']) {
        if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name))
      }
      snapshots.push({ folder: copy, allowed, call })
    }

    const vault = await createVault(file.value, 'old', { cost: CHEAP_COST })
    const doing = async (next: string, what: () => Promise<void>): Promise<void> => {
      allowed = [allowed.at(-1) ?? '', next]
      await what()
      allowed = [next]
      happen('acknowledged')
    }
    const hex = (text: string): string => Buffer.from(text).toString('hex')
    const one = JSON.stringify({ a: hex('1') })
    const two = JSON.stringify({ a: hex('2'), b: hex('x'.repeat(3000)) })
    const three = JSON.stringify({ b: hex('x'.repeat(3000)) })
    await doing(one, () => vault.write([put('a', '1')]))
    await doing(two, () => vault.write([put('a', '2'), put('b', 'x'.repeat(3000))]))
    await doing(two, async () => void (await vault.compact()))
    await doing(three, () => vault.write([{ key: 'a', value: undefined }]))
    await doing(three, () => vault.changePassphrase('new'))
    await doing(one, () => vault.write([put('a', '1'), { key: 'b', value: undefined }]))
    await doing(one, () => vault.close())
    restore()

    const wrong: string[] = []
    for (const snapshot of snapshots) {
      const found = await openFolder(snapshot.folder, ['old', 'new'])
      const state = found ? JSON.stringify(contentsOf(found)) : 'none'
      await found?.close()
      if (!snapshot.allowed.includes(state)) wrong.push(`${snapshot.call}: ${state.slice(0, 40)}`)
    }
    t.strictSame(wrong, [])
    t.ok(snapshots.length > 100, `${snapshots.length} moments`)
  },
)

t.test(
  '6 what is acknowledged has been flushed: the record, and for a rewriting the file before its name',
  async (t) => {
    const folder = join(root, 'order')
    const file = await openVaultFile(folder)
    if (!file.ok) throw new Error('locked')
    const vault = await createVault(file.value, 'old', { cost: CHEAP_COST })
    const restore = await watchTheSystem()
    t.teardown(restore)
    const callsOf = async (what: () => Promise<unknown>): Promise<string> => {
      const calls: string[] = []
      happen = (call) => {
        const isNew = !call.startsWith('before') && calls.at(-1) !== call
        if (isNew) calls.push(call)
      }
      await what()
      return calls.join(', ')
    }

    t.equal(await callsOf(() => vault.write([put('a', '1')])), 'write, datasync')
    // The new file, then the folder, then the header of the old file.
    t.equal(await callsOf(() => vault.compact()), 'write, sync, rename, sync, write, sync')
    t.equal(await callsOf(() => vault.write([put('b', '2')])), 'write, datasync')
    await vault.close()
    // A killed process may have left its last record unflushed.
    t.equal(await callsOf(async () => (await openFolder(folder, ['old']))?.close()), 'sync, unlink')
    restore()
  },
)
