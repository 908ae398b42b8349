/** A vault in a folder of its own, under a passphrase. */

import { ok } from '../../../shared/base/result.ts'
import { createVault } from '../../core/vault/vault.ts'
import { type Command, refused } from '../command.ts'
import { hasVault } from '../open.ts'
import { askNewPassphrase, passphraseFile } from '../passphrase.ts'
import { openVaultFile } from '../vaultFile.ts'
import { folderRefusal } from '../words.ts'

export const init: Command = {
  usage: '',
  about: [
    'Everything Tocsin keeps on this device is in one folder, locked with a passphrase',
    'that you choose now. Nobody can reset it: forgotten means lost.',
  ],
  examples: ['init', 'init --home ~/second-committee'],
  run: async (context) => {
    const { home, terminal } = context
    if (hasVault(home))
      return refused(
        'vault_exists',
        `${home} is a locked folder already: use it, or choose another folder with --home.`,
      )
    const passphrase = await askNewPassphrase(context, passphraseFile(context))
    if (!passphrase.ok) return passphrase
    const file = await openVaultFile(home)
    if (!file.ok) return { ok: false, error: folderRefusal(home, file.error) }
    terminal.busy('Locking')
    const vault = await createVault(file.value, passphrase.value)
    await vault.close()
    return ok({
      text: [
        `Made a locked folder: ${home}`,
        'Next: `npx tocsin found` to found a committee, or `npx tocsin join` with an invite.',
      ],
      json: { home },
    })
  },
}
