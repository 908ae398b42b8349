/**
 * Under whom the embedded database runs. Postgres refuses root; so a relay started by root hands it to an account that may
 * do nothing else. Not here: what is run (binaries.ts, embedded.ts).
 */
import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, readFileSync } from 'node:fs'
import { err, ok, type Result } from '../../shared/base/result.ts'

/** `ids` undefined: as the person who started the relay. */
export type Account = {
  readonly name: string
  readonly ids: { readonly uid: number; readonly gid: number } | undefined
}

const CANDIDATES = ['postgres', 'nobody']

/** The error is a sentence for the person at the terminal. */
export const chooseAccount = (): Result<Account, string> => {
  if (process.getuid?.() !== 0) return ok({ name: 'this account', ids: undefined })
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  for (const name of CANDIDATES) {
    const found = lines.find((line) => line[0] === name)
    if (found)
      return ok({ name: `the account ${name}`, ids: { uid: Number(found[2]), gid: Number(found[3]) } })
  }
  return err(
    'The embedded database cannot run as root and found no account named postgres or nobody: start the relay as an ordinary user, or set DATABASE_URL.',
  )
}

/** A folder that only the account can enter; false when it cannot be made or reached. */
export const makeFolder = (account: Account, folder: string): boolean => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (account.ids) chownSync(folder, account.ids.uid, account.ids.gid)
  } catch {
    return false
  }
  return spawnSync('/bin/sh', ['-c', 'test -w "$0" && test -x "$0"', folder], options(account)).status === 0
}

/** For running programs as the account, away from folders it may not enter, with nothing of our environment. */
export const options = (account: Account) => ({
  ...account.ids,
  cwd: '/',
  env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
})
