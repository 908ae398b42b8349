/** Removing everything from this device. Needs no passphrase: it is taking away, and may have to be quick. */
import { ok } from '../../../shared/base/result.ts'
import { askText } from '../ask.ts'
import { type Command, refused } from '../command.ts'
import { hasVault } from '../open.ts'
import { openVaultFile } from '../vaultFile.ts'
import { folderRefusal } from '../words.ts'

export const wipe: Command = {
  usage: '',
  about: [
    'Destroys what opens the locked folder, then removes it. The others still count you as a member: to be',
    'let go, run `npx tocsin leave` first. If this device was taken or copied before, wiping it now',
    'does not help: tell the others, so that they put this device out.',
    'If police already hold or demand this device, deleting may be punishable. Ask a lawyer.',
  ],
  examples: ['wipe'],
  run: async (context) => {
    const { home, terminal } = context
    if (!hasVault(home)) return refused('no_vault', `There is no locked folder ${home}: nothing to remove.`)
    terminal.note(`This removes everything in the locked folder ${home}: committees, posts, what you wrote.`)
    terminal.note(
      'It cannot be undone. The others still count you as a member: `npx tocsin leave` changes that.',
    )
    terminal.note('If police already hold or demand this device, deleting may be punishable. Ask a lawyer.')
    const typed = await askText(context, undefined, 'Type WIPE to go on:')
    if (!typed.ok) return typed
    if (typed.value !== 'WIPE') return refused('not_sure', 'Nothing was removed.')
    const file = await openVaultFile(home)
    if (!file.ok) return { ok: false, error: folderRefusal(home, file.error) }
    await file.value.erase()
    return ok({ text: ['Everything is removed from this device.'], json: { wiped: home } })
  },
}
