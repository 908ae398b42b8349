/** Unlocking the vault and finding the committee that is meant; whatever happens, both are closed again. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ok, type Result } from '../../shared/base/result.ts'
import { type Client, createClient } from '../core/client.ts'
import { toOneLine } from '../core/committee/plainText.ts'
import type { Halt } from '../core/session/reading.ts'
import type { Session } from '../core/session/session.ts'
import type { World } from '../core/session/world.ts'
import type { VaultFile } from '../core/vault/ports.ts'
import { openVault, type Vault } from '../core/vault/vault.ts'
import { type Context, type Outcome, type Refusal, refusal, refused } from './command.ts'
import { askPassphrase, passphraseFile } from './passphrase.ts'
import { namesIn } from './show/names.ts'
import { dialNode } from './socketNode.ts'
import { openVaultFile } from './vaultFile.ts'
import { folderRefusal, HALT_WORDS, statusWords, VAULT_WORDS } from './words.ts'

const world: World = {
  dial: dialNode,
  timer: (delayMs, wake) => {
    const timer = setTimeout(wake, delayMs)
    return () => clearTimeout(timer)
  },
  clock: Date.now,
  chance: Math.random,
}

export type Opened = {
  readonly vault: Vault
  readonly client: Client
  readonly committees: readonly Session[]
}

/** One person may mistype; whoever guesses has the file and does not need us. */
const MAX_TRIES = 3

export const hasVault = (home: string): boolean => existsSync(join(home, 'vault'))

export const withVault = async (
  context: Context,
  use: (opened: Opened) => Promise<Outcome>,
): Promise<Outcome> => {
  const { home } = context
  if (!hasVault(home))
    return refused('no_vault', `There is no locked folder ${home} yet: make it with \`npx tocsin init\`.`)
  const file = await openVaultFile(home)
  if (!file.ok) return { ok: false, error: folderRefusal(home, file.error) }
  const unlocked = await unlock(context, file.value)
  if (unlocked.ok) return useVault(context, unlocked.value, use)
  await file.value.close()
  return unlocked
}

export const useVault = async (
  context: Context,
  vault: Vault,
  use: (opened: Opened) => Promise<Outcome>,
): Promise<Outcome> => {
  const client = createClient(vault, world)
  const committees = await client.committees()
  const close = async (): Promise<void> => {
    context.terminal.progress(undefined)
    await Promise.all(committees.map((session) => session.close()))
    await vault.close()
  }
  const stay = context.onLeave(close)
  try {
    return await use({ vault, client, committees })
  } finally {
    stay()
    await close()
  }
}

const unlock = async (context: Context, file: VaultFile): Promise<Result<Vault, Refusal>> => {
  const { terminal } = context
  const stay = context.onLeave(() => file.close())
  const isTyped = terminal.isInteractive && passphraseFile(context) === undefined
  for (let triesLeft = isTyped ? MAX_TRIES - 1 : 0; ; triesLeft--) {
    const opened = await tryToUnlock(context, file)
    const isWrong = !opened.ok && opened.error.reason === 'wrong_passphrase'
    if (opened.ok) stay()
    if (opened.ok || !isWrong || triesLeft === 0) return opened
    terminal.note(opened.error.sentence)
  }
}

const tryToUnlock = async (context: Context, file: VaultFile): Promise<Result<Vault, Refusal>> => {
  const passphrase = await askPassphrase(context)
  if (!passphrase.ok) return passphrase
  context.terminal.busy('Unlocking')
  const vault = await openVault(file, passphrase.value)
  context.terminal.progress(undefined)
  return vault.ok ? vault : refused(vault.error, VAULT_WORDS[vault.error])
}

export type Sitting = {
  readonly session: Session
  readonly opened: Opened
  /** Why the relay could not be asked; undefined when everything new has been read. */
  readonly halt: Halt | undefined
}

/** Opens the vault, finds the committee and reads what is new there. */
export const withCommittee = (
  context: Context,
  use: (sitting: Sitting) => Promise<Outcome>,
): Promise<Outcome> =>
  withVault(context, async (opened) => {
    const found = chooseCommittee(context, opened)
    if (!found.ok) return found
    const session = found.value
    const halt = await catchUp(context, session)
    const hints = hintsFor(session, halt)
    const done = await use({ session, opened, halt })
    // What the outcome says already is not said twice, nor what is over now; and whoever typed it wrong first hears how to type it.
    const isOver = halt === 'alarm' && !session.view().own.alarmed
    const isSaid = (hint: string): boolean =>
      done.ok ? done.value.text.includes(hint) : done.error.sentence === hint || done.error.exit === 2
    for (const hint of hints.filter((one) => !isSaid(one) && !(isOver && one === HALT_WORDS.alarm.sentence)))
      context.terminal.note(hint)
    return done.ok && halt !== undefined && !isOver
      ? ok({ exit: HALT_WORDS[halt].exit, ...done.value })
      : done
  })

const hintsFor = (session: Session, halt: Halt | undefined): readonly string[] => {
  const view = session.view()
  return [
    ...(halt === undefined ? [] : [HALT_WORDS[halt].sentence]),
    ...(view.own.status === 'member' ? [] : [statusWords(view, namesIn(view))]),
  ]
}

/** The same for whoever wants to say or decide something: refuses when this device may not. */
export const withMembership = (
  context: Context,
  use: (sitting: Sitting) => Promise<Outcome>,
): Promise<Outcome> =>
  withCommittee(context, async (sitting) => {
    const view = sitting.session.view()
    const { status } = view.own
    return status === 'member' ? use(sitting) : refused(status, statusWords(view, namesIn(view)))
  })

/** Reads what is new, sends what waits; why not, if not. */
export const catchUp = async (context: Context, session: Session): Promise<Halt | undefined> => {
  const { terminal } = context
  let entries = 0
  terminal.progress('Connecting to the relay')
  let isOver = false
  // The session goes on telling after this: by then it is nobody's wait any more.
  const synced = await session.sync((progress) => {
    if (isOver) return
    entries += progress.entries
    terminal.progress(`Catching up: ${entries} ${entries === 1 ? 'entry' : 'entries'} read`)
  })
  isOver = true
  terminal.progress(undefined)
  if (!synced.ok) return synced.error
  return session.view().own.alarmed ? 'alarm' : undefined
}

export const nameOfCommittee = (session: Session): string => toOneLine(session.view().charter.name)

/** By name or id; every one, if none was named. */
export const isMeant = (session: Session, committee: string | undefined): boolean =>
  committee === undefined ||
  nameOfCommittee(session).toLowerCase() === committee.toLowerCase() ||
  session.id === committee

const chooseCommittee = (
  { committee }: Context,
  { committees, client }: Opened,
): Result<Session, Refusal> => {
  const names = committees.map(nameOfCommittee).join(', ')
  const [one, another] = committees.filter((session) => isMeant(session, committee))
  if (one && !another) return ok(one)
  return { ok: false, error: whichOne({ names, one, committee, isJoining: client.joinings().length > 0 }) }
}

const whichOne = ({
  names,
  one,
  committee,
  isJoining,
}: {
  readonly names: string
  readonly one: Session | undefined
  readonly committee: string | undefined
  readonly isJoining: boolean
}): Refusal => {
  if (one && committee !== undefined)
    return refusal(
      'ambiguous',
      'Two committees have this name: use the id that `npx tocsin committees` shows.',
    )
  if (one) return refusal('which_committee', `Say which committee you mean, with --committee: ${names}.`)
  if (names !== '')
    return refusal('no_such_committee', `There is no such committee here; there is: ${names}.`)
  return isJoining
    ? refusal('not_joined_yet', 'You are not in a committee yet: go on with `npx tocsin join`.')
    : refusal(
        'no_committee',
        'You are not in a committee yet: run `npx tocsin found`, or `npx tocsin join` with an invite.',
      )
}
