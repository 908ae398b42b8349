/**
 * Screens that a phone shows first are there before the later words of its language are. Not here: how large they are (client/web/build.mjs), nor whether a
 * language is whole, which its type says.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import t from 'tap'

const WEB = 'client/web'

/** What a file imports of the page's own when it is loaded; types bring nothing along, and import() waits. */
const importedBy = (path: string): readonly string[] =>
  [...readFileSync(path, 'utf8').matchAll(/^import (?!type\b)(?:[^'"]*? from )?'(\.[^']+)'/gm)]
    .map(([, name]) => normalize(join(dirname(path), name ?? '')))
    .filter((file) => file.startsWith(WEB) && existsSync(file))

const filesOf = (path: string, found = new Set<string>()): ReadonlySet<string> => {
  if (found.has(path)) return found
  found.add(path)
  for (const next of importedBy(path)) filesOf(next, found)
  return found
}

t.test('A screen that comes first says only what is there before the later words are', async (t) => {
  const files = filesOf(join(WEB, 'main.ts'))
  for (const page of ['Locked', 'Now', 'Raise', 'Alarm'])
    t.ok(files.has(join(WEB, `pages/${page}.svelte`)), `${page} comes first`)
  const saying = [...files].filter(
    (path) => path.endsWith('.svelte') && readFileSync(path, 'utf8').includes('sayLater'),
  )
  t.strictSame(saying, [])
})
