/** The import rules of this house (rooms.cjs), on the house and on a small one where each of them is broken. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser'
import t from 'tap'

const rules = createRequire(import.meta.url)('./rooms.cjs')

const violationsIn = async (baseDir: string, rooms: readonly string[]): Promise<readonly string[]> => {
  const { options, forbidden } = rules
  const { output } = await cruise([...rooms], {
    ...options,
    tsConfig: undefined,
    baseDir,
    validate: true,
    ruleSet: { forbidden, options },
  } as unknown as ICruiseOptions)
  return (output as ICruiseResult).summary.violations.map((v) => `${v.rule.name}: ${v.from}`)
}

t.test('house: no file of ours imports what its room may not', async (t) => {
  t.strictSame(await violationsIn(process.cwd(), ['server', 'client', 'shared']), [])
})

/** File, what it imports, and the rule that must object. */
const planted: readonly (readonly [string, string, string])[] = [
  ['server/routes/direct.ts', '../../client/core/mls/group.ts', 'blind-relay'],
  ['server/relay/detour.ts', '../routes/direct.ts', 'blind-relay'],
  ['server/store/opener.ts', '../../client/core/crypto/aead.ts', 'blind-relay'],
  ['shared/protocol/keys.ts', '../../client/core/mls/group.ts', 'shared-holds-no-keys'],
  ['shared/base/upwards.ts', '../protocol/keys.ts', 'base-imports-nothing'],
  ['client/core/mls/relayward.ts', '../../../server/routes/direct.ts', 'client-not-to-server'],
  ['client/core/committee/peek.ts', '../mls/group.ts', 'core-content'],
  ['client/core/session/disk.ts', 'node:fs', 'core'],
  ['client/cli/strange.ts', '../web/page.ts', 'cli-and-web-are-strangers'],
  ['client/cli/tests.ts', '../../test/support.ts', 'nobody-imports-tests'],
]

t.test('house: each rule objects where it is broken, through a detour too', async (t) => {
  const house = mkdtempSync(join(tmpdir(), 'tocsin-house-'))
  t.teardown(() => rmSync(house, { recursive: true, force: true }))
  const put = (file: string, text: string): void => {
    mkdirSync(dirname(join(house, file)), { recursive: true })
    writeFileSync(join(house, file), text)
  }
  for (const file of [
    'client/core/mls/group.ts',
    'client/core/crypto/aead.ts',
    'client/web/page.ts',
    'test/support.ts',
  ])
    put(file, 'export const x = 1\n')
  for (const [file, wanted] of planted) put(file, `import * as y from '${wanted}'\nexport const z = y\n`)

  const found = await violationsIn(house, ['server', 'client', 'shared', 'test'])

  for (const [file, , rule] of planted) t.ok(found.includes(`${rule}: ${file}`), `${rule} objects to ${file}`)
  t.notOk(
    found.some((line) => line.endsWith('client/core/mls/group.ts')),
    'and to nothing that is right',
  )
})
