/** Another passphrase for the vault. */
import { ok } from '../../../shared/base/result.ts'
import { type Command, textOf } from '../command.ts'
import { withVault } from '../open.ts'
import { askNewPassphrase } from '../passphrase.ts'

export const passphrase: Command = {
  usage: '[OPTIONS]',
  about: [
    'Asks for the old one and twice for the new one. Everything is locked again: afterwards the',
    'old one opens nothing here. Copies of the folder made before still open with the old one.',
  ],
  options: {
    'new-file': { type: 'string', value: 'FILE', help: 'a file with the new passphrase, for scripts' },
  },
  examples: ['passphrase'],
  run: (context, input) =>
    withVault(context, async ({ vault }) => {
      const next = await askNewPassphrase(context, textOf(input, 'new-file'))
      if (!next.ok) return next
      context.terminal.busy('Locking everything again')
      await vault.changePassphrase(next.value)
      context.terminal.progress(undefined)
      return ok({ text: ['The passphrase is changed.'], json: { changed: true } })
    }),
}
