/** The worker of the web client in a real browser: its storage under the contract of every vault, its story on a real relay, what a locked profile holds. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { VaultFile } from '../../../../client/core/vault/ports.ts'
import { createVault, openVault } from '../../../../client/core/vault/vault.ts'
import { ok, type Result } from '../../../../shared/base/result.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { newProfile } from '../../../support/browser.ts'
import { createSearch, formsOfBytes, formsOfText, newMarkers } from '../../../support/markers.ts'
import { CHEAP_COST } from '../../../support/memoryVaultFile.ts'
import { must } from '../../../support/people.ts'
import { startRelay } from '../../../support/relay.ts'
import { type OnPage, openWorkerPage, serveWorkerPage, type WorkerPage } from '../../../support/workerPage.ts'
import { equalsAMap, keepsTheContract, put, type Storage } from '../../core/vault/contract.ts'

await cryptoReady

type Here = typeof globalThis & { readonly test: OnPage }

const PASSPHRASE = 'four words nobody guesses'

/** The storage of a browser, for tests that run here: every call goes to the page. */
const storageIn = (page: Page, name: string): Storage => ({
  open: async () => {
    const number = await page.evaluate((name) => (globalThis as Here).test.openVault(name), name)
    return fileIn(page, number)
  },
  raw: async () =>
    Buffer.from(await page.evaluate((name) => (globalThis as Here).test.bytesOf(name), name), 'base64'),
})

const fileIn = (page: Page, number: string): VaultFile => {
  const call = async <T>(what: keyof VaultFile, bytes: readonly Uint8Array[] = []): Promise<T> => {
    const texts = bytes.map((one) => Buffer.from(one).toString('base64'))
    const asked = [number, what, texts] as const
    return (await page.evaluate((asked) => (globalThis as Here).test.onVault(...asked), asked)) as T
  }
  return {
    isEmpty: () => call('isEmpty'),
    load: async () => {
      const loaded = await call<Result<readonly string[], 'not_a_vault' | 'damaged'>>('load')
      if (!loaded.ok) return loaded
      const [header = Buffer.of(), ...records] = loaded.value.map((text) => Buffer.from(text, 'base64'))
      return ok({ header: new Uint8Array(header), records: records.map((one) => new Uint8Array(one)) })
    },
    append: (record) => call('append', [record]),
    replace: ({ header, records }) => call('replace', [header, ...records]),
    close: () => call('close'),
    erase: () => call('erase'),
  }
}

t.test("a browser's database is storage as every vault needs it", async (t) => {
  const context = await newProfile(t, {}).open()
  const { page } = await openWorkerPage(context, await serveWorkerPage(t))
  let vaults = 0
  const fresh = async (): Promise<Storage> => storageIn(page, `vault-${vaults++}`)

  await t.test('the contract', (t) => keepsTheContract(t, fresh))
  await t.test('6 any sequence of writes, compactions and restarts equals a Map', () => equalsAMap(fresh, 8))

  await t.test(
    '6 whoever opened it first writes nothing any more once another tab has opened it',
    async (t) => {
      const storage = await fresh()
      const first = await createVault(await storage.open(), PASSPHRASE, { cost: CHEAP_COST })
      await first.write([put('a', '1')])
      const second = must(await openVault(await storage.open(), PASSPHRASE))
      await second.write([put('a', '2')])

      await t.rejects(first.write([put('a', '3')]), /opened elsewhere/)
      await first.close()
      await second.close()
      const third = must(await openVault(await storage.open(), PASSPHRASE))
      t.equal(Buffer.from(third.get('a') ?? []).toString(), '2')
      await third.close()
    },
  )

  await t.test(
    '6, attack 25: a record or a key that is missing is damage, and never an older state',
    async (t) => {
      for (const gone of [0, 'key', 'header'] as const) {
        const name = `damaged-${gone}`
        const storage = storageIn(page, name)
        const vault = await createVault(await storage.open(), PASSPHRASE, { cost: CHEAP_COST })
        await vault.write([put('a', '1')])
        await vault.write([put('b', '2')])
        await page.evaluate(
          ([name, gone]) =>
            new Promise<void>((resolve) => {
              const opening = indexedDB.open(name)
              opening.onsuccess = () => {
                const change = opening.result.transaction('vault', 'readwrite')
                change.objectStore('vault').delete(gone)
                change.oncomplete = () => {
                  opening.result.close()
                  resolve()
                }
              }
            }),
          [name, gone] as const,
        )
        t.strictSame(await (await storage.open()).load(), { ok: false, error: 'damaged' }, `without ${gone}`)
      }
    },
  )

  await t.test('I20 no script reads out the key around the header', async (t) => {
    const storage = await fresh()
    const vault = await createVault(await storage.open(), PASSPHRASE, { cost: CHEAP_COST })
    const keyNow = (): Promise<string> =>
      page.evaluate(
        (name) =>
          new Promise<string>((resolve) => {
            const opening = indexedDB.open(name)
            opening.onsuccess = () => {
              const asked = opening.result.transaction('vault').objectStore('vault').get('key')
              asked.onsuccess = async () => {
                opening.result.close()
                const key: CryptoKey = asked.result
                const out = await crypto.subtle.exportKey('raw', key).then(
                  () => 'read out',
                  (error: Error) => error.name,
                )
                resolve(`${key.extractable} ${out}`)
              }
            }
          }),
        `vault-${vaults - 1}`,
      )
    t.equal(await keyNow(), 'false InvalidAccessError')
    await vault.close()
  })
})

const found = async (page: WorkerPage, relay: string, name: string, handle: string): Promise<string> =>
  must(await page.ask('found', { name, purpose: '', handle, relay, isTalk: false, isForOldPhones: false }))
    .committee

const bytesIn = (folder: string): Buffer =>
  Buffer.concat(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name))),
  )

t.test(
  'a member founds, writes, locks and comes back, and a locked profile holds nothing of it',
  async (t) => {
    const relay = await startRelay()
    t.teardown(() => relay.close())
    const address = await serveWorkerPage(t)
    const profile = newProfile(t, {})
    const { mark, all } = newMarkers()
    const passphrase = `${mark('passphrase')} and more words`

    const first = await profile.open()
    const page = await openWorkerPage(first, address)
    t.equal(must(await page.ask('vault', {})), 'none')
    must(await page.ask('makeVault', { passphrase }))
    const committee = await found(page, relay.address, mark('name'), mark('handle'))
    const said = must(
      await page.ask('say', { committee, content: { type: 'post', text: `At six: ${mark('post')}` } }),
    )
    t.equal(said.is, 'sent')
    must(
      await page.ask('say', {
        committee,
        content: {
          type: 'alarm',
          kind: 'called_in',
          severity: 'now',
          facts: mark('facts'),
          needs: [],
          about: { who: 'me' },
          namesAllowed: { team: true, committee: true, city: false, supporters: false, public: false },
        },
      }),
    )
    must(await page.ask('lock', {}))
    t.strictSame(await page.ask('frame', { committee }), { ok: false, error: 'locked' })
    await first.close()

    await t.test(
      'A1 no word, no name, no id that the relay sees and no key is in the bytes of the profile',
      async (t) => {
        const logs = await relay.sql<{ id: Uint8Array }[]>`select id from logs`
        t.ok(logs.length > 0)
        const needles = [
          ...[...all()].flatMap(([name, word]) => formsOfText(name, word)),
          ...logs.flatMap(({ id }, i) => formsOfBytes(`log ${i}`, id)),
          ...formsOfBytes('admission', relay.admission),
          ...formsOfBytes('relay key', relay.key.staticKey),
          ...formsOfText('committee', committee),
        ]
        const search = createSearch(needles)
        const bytes = bytesIn(profile.folder)
        t.ok(bytes.length > 100_000, 'the profile was read')
        t.ok(search(Buffer.concat([bytes, Buffer.from(mark('post'))])).length > 0, 'the search finds')
        t.strictSame(search(bytes), [])
      },
    )

    await t.test('after a restart of the browser the right words open it, and no others', async (t) => {
      const context = await profile.open()
      const again = await openWorkerPage(context, address)
      t.equal(must(await again.ask('vault', {})), 'locked')
      t.strictSame(await again.ask('unlock', { passphrase: `${passphrase}!` }), {
        ok: false,
        error: 'wrong_passphrase',
      })
      must(await again.ask('unlock', { passphrase }))
      t.match(must(await again.ask('room', { committee, count: 10 })), {
        total: 1,
        posts: [{ id: said.id, text: `At six: ${mark('post')}`, isMine: true }],
      })
      await again.until(async () => must(await again.ask('frame', { committee })).connection === 'live')

      await t.test(
        'attack 24: a second tab takes it over, and the first one shows nothing any more',
        async (t) => {
          const other = await openWorkerPage(context, address)
          t.equal(must(await other.ask('vault', {})), 'elsewhere')
          t.strictSame(await other.ask('unlock', { passphrase }), { ok: false, error: 'elsewhere' })
          must(await other.ask('takeOver', {}))
          must(await other.ask('unlock', { passphrase }))
          await again.until(async () => must(await again.ask('vault', {})) === 'elsewhere')
          t.strictSame(
            (await again.events()).filter((event) => event.is === 'vault').map(({ vault }) => vault),
            ['open', 'elsewhere'],
          )
          t.strictSame(await again.ask('frame', { committee }), { ok: false, error: 'locked' })
          must(await other.ask('lock', {}))
          await again.until(async () => must(await again.ask('vault', {})) === 'locked')
          t.ok(
            (await again.events()).some((event) => event.is === 'vault' && event.vault === 'locked'),
            'and hears of it',
          )
        },
      )

      await t.test('a tab that does not answer loses it', async (t) => {
        must(await again.ask('unlock', { passphrase }))
        const deaf = await context.newPage()
        await deaf.goto(address)
        await deaf.evaluate(
          () =>
            new Promise<void>((held) => {
              void navigator.locks.request('tocsin', { steal: true }, () => {
                held()
                return new Promise(() => undefined)
              })
            }),
        )
        await again.until(async () => must(await again.ask('vault', {})) === 'elsewhere')
        must(await again.ask('takeOver', {}))
        must(await again.ask('unlock', { passphrase }))
        t.equal(must(await again.ask('room', { committee, count: 1 })).total, 1)
      })

      await t.test('erased is erased', async (t) => {
        must(await again.ask('erase', {}))
        t.equal(must(await again.ask('vault', {})), 'none')
      })
    })
  },
)

t.test('F4 the socket of a browser ends once, whatever is wrong with the other side', async (t) => {
  const context = await newProfile(t, {}).open()
  const page = await openWorkerPage(context, await serveWorkerPage(t))
  must(await page.ask('makeVault', { passphrase: PASSPHRASE }))
  const relay = await startRelay()
  const gone = relay.address
  await relay.close()
  const committee = await found(page, gone, 'Night shift', 'alice')

  const said = must(await page.ask('say', { committee, content: { type: 'post', text: 'Anybody?' } }))
  t.equal(said.is, 'waiting')
  t.match(must(await page.ask('frame', { committee })), { connection: 'offline', unsent: 1 })
  must(await page.ask('lock', {}))
})
