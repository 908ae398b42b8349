/** What README and INSTALL say about settings, files and sentences, held against what is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { BELL_SETTINGS, readBellSettings } from '../../server/bell/settings.ts'
import { readConfig } from '../../server/config.ts'

const readme = readFileSync('README.md', 'utf8')
const DOCUMENTS = ['README.md', 'SECURITY.md', 'TRANSPARENCY.md', 'docker/INSTALL.md']

/** The relay itself lists them when it meets one that it does not know. */
const settings = (): readonly string[] => {
  const config = readConfig({ TOCSIN_NO_SUCH_SETTING: 'x' })
  const sentence = config.ok ? '' : (config.error.at(-1) ?? '')
  return sentence.match(/(TOCSIN_|DATABASE_URL)\w*/g)?.filter((name) => !name.includes('NO_SUCH')) ?? []
}

t.test('README lists every setting of the relay, and no other', async (t) => {
  const table = readme.slice(readme.indexOf('### Settings'), readme.indexOf('### The five commonest errors'))
  const named = [...table.matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell]) => cell?.match(/`(\w+)`/g) ?? [])

  t.strictSame(named.map((name) => name.slice(1, -1)).sort(), [...settings()].sort())
})

t.test('no document names a setting that there is not', async (t) => {
  const others = [
    'TOCSIN_DOMAIN',
    'TOCSIN_RELAYS',
    'TOCSIN_HOME',
    'TOCSIN_PASSPHRASE_FILE',
    'TOCSIN_DEBUG',
    'TOCSIN_',
  ]
  const known = new Set([...settings(), ...BELL_SETTINGS, ...others])

  for (const file of DOCUMENTS)
    for (const [name] of readFileSync(file, 'utf8').matchAll(/\bTOCSIN_[A-Z_]*/g))
      t.ok(known.has(name), `${file}: ${name}`)
})

t.test(
  'the bell names every setting of its own in INSTALL, and starts with no other and no wrong one',
  async (t) => {
    const install = readFileSync('docker/INSTALL.md', 'utf8')
    for (const name of BELL_SETTINGS) t.ok(install.includes(`\`${name}\``), name)
    t.match(readBellSettings({}), { ok: true, value: { host: '127.0.0.1', port: 8790, hosts: [] } })
    t.match(readBellSettings({ TOCSIN_BELL_HOST5: 'x' }), {
      ok: false,
      error: /^TOCSIN_BELL_HOST5 is no setting/,
    })
    for (const port of ['', ' ', '-1', '1.5', '65536', 'x'])
      t.equal(readBellSettings({ TOCSIN_BELL_PORT: port }).ok, false, `port "${port}"`)
  },
)

t.test('the errors that README explains are sentences of the relay', async (t) => {
  const files = readdirSync('server', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const source = [...files.map((file) => join('server', file)), 'docker-compose.yml']
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
  const errors = readme.slice(readme.indexOf('### The five commonest errors'))
  const quoted = [...errors.matchAll(/^\d\. \*(.+?)\*/gm)].map(([, sentence]) => sentence ?? '')

  t.equal(quoted.length, 5)
  for (const sentence of quoted)
    for (const part of sentence.split(/…|127\.0\.0\.1|8787|EADDRINUSE|\(|\)/).map((piece) => piece.trim()))
      t.ok(source.includes(part), part)
})

t.test('every link to a file or a heading leads somewhere', async (t) => {
  for (const [file, target] of DOCUMENTS.flatMap(linksOf)) {
    const [path = '', heading] = target.split('#')
    const at = path === '' ? file : join(dirname(file), path)
    t.ok(existsSync(at) && (heading === undefined || headingsOf(at).includes(heading)), `${file}: ${target}`)
  }
})

/** Links that begin with a slash are pages of the relay. */
const linksOf = (file: string): readonly (readonly [string, string])[] =>
  [...readFileSync(file, 'utf8').matchAll(/\]\(([^)\s/][^)\s]*)\)/g)].map(([, target = '']) => [file, target])

const headingsOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  )
