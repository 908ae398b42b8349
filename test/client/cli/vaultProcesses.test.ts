/** The vault and several processes: killed ones, second ones, and two that want the lock of a dead one. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { openVaultFile } from '../../../client/cli/vaultFile.ts'
import { birthByPs, birthOf } from '../../../client/cli/vaultProcess.ts'
import { createVault, openVault, type Vault } from '../../../client/core/vault/vault.ts'
import { cryptoReady } from '../../../shared/crypto/sodium.ts'
import { CHEAP_COST } from '../../support/memoryVaultFile.ts'
import { type Claim, COUNT, changesOf, type Order, PASSPHRASE } from './vaultStory.ts'

await cryptoReady
const root = mkdtempSync(join(tmpdir(), 'tocsin-vault-'))
const children: ChildProcess[] = []
t.teardown(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(root, { recursive: true, force: true })
})

let folders = 0
const newFolder = (): string => join(root, `vault-${folders++}`)

const start = (...args: readonly string[]): ChildProcess => {
  const child = fork(new URL('./vaultChild.ts', import.meta.url), args, {
    execArgv: ['--import=tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  children.push(child)
  return child
}

const claims = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => name.startsWith('lock-'))

const order = async (child: ChildProcess, what: Order): Promise<Claim['claim']> => {
  const answered = new Promise<Claim>((resolve) => {
    const hear = (answer: Claim): void => {
      if (answer.folder !== what.folder) return
      child.off('message', hear)
      resolve(answer)
    }
    child.on('message', hear)
  })
  child.send(what)
  return (await answered).claim
}

const openStory = async (folder: string): Promise<Vault> => {
  const file = await openVaultFile(folder)
  const vault = file.ok ? await openVault(file.value, PASSPHRASE) : file
  if (!vault.ok) throw new Error(JSON.stringify(vault.error))
  return vault.value
}

/** What `count` transactions of the story leave. */
const expectedAfter = (count: number): Map<string, Uint8Array> => {
  const all = new Map<string, Uint8Array>()
  for (let n = 1; n <= count; n++) {
    for (const { key, value } of changesOf(n)) {
      if (value === undefined) all.delete(key)
      else all.set(key, value)
    }
  }
  return all
}

t.test(
  '6, attack 24: a process killed while it writes and rewrites loses nothing that it acknowledged',
  async (t) => {
    const folder = newFolder()
    const file = await openVaultFile(folder)
    if (!file.ok) throw new Error('locked')
    await (await createVault(file.value, PASSPHRASE, { cost: CHEAP_COST })).close()
    let rounds = 0

    for (let round = 0; round < 6; round++) {
      const child = start('write', folder)
      let acknowledged = 0
      const exited = once(child, 'exit')
      child.on('message', (n: number) => {
        if (acknowledged === 0) setTimeout(() => child.kill('SIGKILL'), 40 + 31 * round)
        acknowledged = n
      })
      await exited
      t.equal(claims(folder).length, 1, 'its lock is still there')
      const vault = await openStory(folder)
      const count = Number(Buffer.from(vault.get(COUNT) ?? '').toString())
      const expected = expectedAfter(count)
      const isWhole = vault
        .keys('')
        .every((key) => Buffer.from(vault.get(key) ?? '').equals(expected.get(key) ?? Buffer.of(0)))

      t.ok(count >= acknowledged && acknowledged > 0, `${acknowledged} acknowledged, ${count} found`)
      t.ok(isWhole && vault.keys('').length === expected.size, 'and it is the state after that write')
      await vault.close()
      rounds++
    }

    t.equal(rounds, 6)
    t.strictSame(readdirSync(folder), ['vault'])
  },
)

t.test(
  '6, attack 24: a second process is told who has the vault, and gets it when that one lets go',
  async (t) => {
    const folder = newFolder()
    const child = start('claim')
    await once(child, 'message')

    t.equal(await order(child, { do: 'claim', folder, atMs: 0 }), 'mine')
    t.strictSame(await openVaultFile(folder), { ok: false, error: { locked: true, pid: child.pid } })
    t.equal(claims(folder).length, 1, 'the refused one leaves nothing behind')
    await order(child, { do: 'release', folder })
    const mine = await openVaultFile(folder)
    t.ok(mine.ok)
    t.strictSame(
      await openVaultFile(folder),
      { ok: false, error: { locked: true, pid: process.pid } },
      'nor twice in one',
    )
    t.strictSame(await order(child, { do: 'claim', folder, atMs: 0 }), { locked: true, pid: process.pid })
    if (mine.ok) await mine.value.close()

    t.strictSame(readdirSync(folder), [])
    child.kill('SIGKILL')
  },
)

t.test('6 the lock of a dead process counts for nothing, also when its number lives again', async (t) => {
  const folder = newFolder()
  mkdirSync(folder)
  const gone = spawn('true')
  await once(gone, 'exit')
  const birth = await birthOf(process.pid)
  const names = [
    `lock-${gone.pid}-0123456789abcdef-00000000`,
    `lock-${process.pid}-0123456789abcdef-11111111`,
    `lock-1-${birth}-22222222`,
  ]
  for (const name of names) writeFileSync(join(folder, name), 'held')
  writeFileSync(join(folder, 'lock-of-the-door'), 'somebody else’s')

  const taken = await openVaultFile(folder)

  t.ok(taken.ok)
  t.equal(
    readdirSync(folder).some((name) => names.includes(name)),
    false,
  )
  if (taken.ok) await taken.value.close()
  writeFileSync(join(folder, `lock-${process.pid}-${birth}-33333333`), 'held')
  t.strictSame(await openVaultFile(folder), { ok: false, error: { locked: true, pid: process.pid } })
  t.strictSame(readdirSync(folder).length, 2)
})

t.test('6 of three processes that want the lock of a dead one at once, one gets it', async (t) => {
  const rivals = [start('claim'), start('claim'), start('claim')]
  await Promise.all(rivals.map((child) => once(child, 'message')))
  const outcomes: string[] = []

  for (let round = 0; round < 25; round++) {
    const folder = newFolder()
    mkdirSync(folder)
    writeFileSync(join(folder, 'lock-4194304-0123456789abcdef-00000000'), 'held')
    const atMs = Date.now() + 15
    const answers = await Promise.all(rivals.map((child) => order(child, { do: 'claim', folder, atMs })))
    const winners = answers.filter((answer) => answer === 'mine').length
    const losers = answers.filter((answer) => typeof answer === 'object' && answer.locked).length
    outcomes.push(`${winners} ${losers} ${claims(folder).length}`)
    await Promise.all(rivals.map((child) => order(child, { do: 'release', folder })))
  }

  t.strictSame([...new Set(outcomes)], ['1 2 1'])
  for (const child of rivals) child.kill('SIGKILL')
})

t.test(
  '6 a process is told from others by its birth, and a dead one that nobody buried from a living one',
  async (t) => {
    const shell = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 20'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    children.push(shell)
    const [line] = await once(shell.stdout, 'data')
    const pid = Number(line)
    const alive = await birthOf(pid)
    const aliveByPs = await birthByPs(pid)

    t.equal(await birthOf(pid), alive)
    t.not(alive, await birthOf(process.pid))
    t.equal(await birthByPs(process.pid), await birthByPs(process.pid))
    t.equal(await birthByPs(4_194_304), undefined)
    while (process.platform === 'linux' && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1')))
      await sleep(20)
    if (process.platform === 'linux') {
      t.not(await birthOf(pid), alive)
      t.not(await birthByPs(pid), aliveByPs)
    }
    shell.kill('SIGKILL')
  },
)
