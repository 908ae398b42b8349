/** Making, opening, locking and erasing the vault. Not here: what is done with an open one. */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { isStrong } from '../../core/crypto/passphrase.ts'
import { openHeader } from '../../core/vault/header.ts'
import type { VaultFile } from '../../core/vault/ports.ts'
import { createVault, openVault, type Vault } from '../../core/vault/vault.ts'
import type { House, Keeping } from './keeping.ts'
import type { Answer, Asked, RequestName } from './port.ts'

type Name = Extract<RequestName, 'vault' | 'makeVault' | 'unlock' | 'lock' | 'takeOver' | 'erase'>

export const VAULT_REQUESTS: {
  readonly [N in Name]: (keeping: Keeping, asked: Asked<N>) => Promise<Answer<N>>
} = {
  vault: async (keeping) => ok(await keeping.state()),
  makeVault: (keeping, { passphrase }) =>
    keeping.next(async () => {
      if (!isStrong(passphrase)) return err('too_short')
      return moveIn(keeping, async (file) => {
        if (!(await file.isEmpty())) return err('there_is_one')
        const { cost } = keeping.means
        return ok(await createVault(file, passphrase, cost ? { cost } : {}))
      })
    }),
  unlock: (keeping, { passphrase }) =>
    keeping.next(() =>
      moveIn(keeping, async (file) => {
        const opened = await openVault(file, passphrase)
        if (opened.ok) return opened
        return err(opened.error === 'not_a_vault' ? 'none' : opened.error)
      }),
    ),
  lock: (keeping) =>
    keeping.next(async () => {
      await keeping.moveOut('locked')
      return ok(undefined)
    }),
  takeOver: (keeping) =>
    keeping.next(async () => {
      const { lock, tell } = keeping.means
      if (keeping.house()) return ok(undefined)
      await lock.takeOver()
      tell({ is: 'vault', vault: await keeping.shut() })
      return ok(undefined)
    }),
  erase: (keeping) => keeping.next(() => erase(keeping)),
}

/** Takes the lock, and keeps it if `open` opens a vault. */
const moveIn = async <Why>(
  keeping: Keeping,
  open: (file: VaultFile) => Promise<Result<Vault, Why>>,
): Promise<Result<undefined, Why | 'elsewhere'>> => {
  if (keeping.house()) return ok(undefined)
  const free = await keeping.takeLock()
  if (!free) return err('elsewhere')
  let file: VaultFile | undefined
  let isIn = false
  try {
    file = await keeping.means.storage.open()
    const vault = await open(file)
    if (!vault.ok) return vault
    await keeping.moveIn(vault.value, file, free)
    isIn = true
    return ok(undefined)
  } finally {
    if (!isIn) {
      await file?.close()
      free()
    }
  }
}

/** Locked or not: it is taking away, and may have to be quick. */
const erase = async (keeping: Keeping): Promise<Result<undefined, 'elsewhere'>> => {
  if (keeping.house()) {
    await keeping.moveOut('none', (vault) => vault.erase())
    return ok(undefined)
  }
  const free = await keeping.takeLock()
  if (!free) return err('elsewhere')
  try {
    const file = await keeping.means.storage.open()
    await file.erase()
  } finally {
    free()
  }
  keeping.means.tell({ is: 'vault', vault: 'none' })
  return ok(undefined)
}

/** Whoever picks up an open phone does not get to choose a new passphrase. */
export const changePassphrase = async (
  { vault, file }: House,
  { before, after }: Asked<'changePassphrase'>,
): Promise<Answer<'changePassphrase'>> => {
  if (!isStrong(after)) return err('too_short')
  const stored = await file.load()
  if (!stored.ok || !openHeader(stored.value.header, before).ok) return err('wrong_passphrase')
  await vault.changePassphrase(after)
  return ok(undefined)
}
