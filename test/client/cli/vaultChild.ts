/**
 * A process of its own for vaultProcesses.test.ts, told what to do by its first argument. `write`: writes without end
 * and says the number of every write that was acknowledged. `claim`: opens folders on demand.
 */
import { openVaultFile } from '../../../client/cli/vaultFile.ts'
import { openVault } from '../../../client/core/vault/vault.ts'
import { type Claim, COUNT, changesOf, type Order, PASSPHRASE } from './vaultStory.ts'

const write = async (folder: string): Promise<void> => {
  const file = await openVaultFile(folder)
  const vault = file.ok ? await openVault(file.value, PASSPHRASE) : file
  if (!vault.ok) throw new Error(JSON.stringify(vault.error))
  const last = Buffer.from(vault.value.get(COUNT) ?? '0').toString()
  for (let n = Number(last) + 1; ; n++) {
    await vault.value.write(changesOf(n))
    process.send?.(n)
    if (n % 7 === 0) await vault.value.compact()
    if (n % 31 === 0) await vault.value.changePassphrase(PASSPHRASE)
  }
}

const claim = (): void => {
  const held = new Map<string, () => Promise<void>>()
  process.on('message', async (order: Order) => {
    if (order.do === 'release') {
      await held.get(order.folder)?.()
      held.delete(order.folder)
      process.send?.({ folder: order.folder, claim: 'released' } satisfies Claim)
      return
    }
    while (Date.now() < order.atMs);
    const file = await openVaultFile(order.folder)
    if (file.ok) held.set(order.folder, file.value.close)
    process.send?.({ folder: order.folder, claim: file.ok ? 'mine' : file.error } satisfies Claim)
  })
  process.send?.('ready')
}

const [what, folder = ''] = process.argv.slice(2)
if (what === 'write') await write(folder)
else claim()
