/** Every attack of the index has at least one test that names it, and no test names another. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ATTACKS } from './index.ts'

const titles: readonly string[] = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .flatMap((file) => [...readFileSync(join('test', file), 'utf8').matchAll(/\btest\(\s*(['"`])(.*?)\1/gs)])
  .map(([, , title = '']) => title)

/** "attack 7: ...", "V4, attack 7: ...", "attacks 2 and 3: ..." */
const numbersIn = (title: string): readonly number[] =>
  [...title.matchAll(/\battacks? (\d+(?:(?:, | and )\d+)*):/g)].flatMap(([, list = '']) =>
    list.split(/, | and /).map(Number),
  )

const named = titles.flatMap(numbersIn)

for (const [number, wish] of Object.entries(ATTACKS))
  t.ok(named.includes(Number(number)), `attack ${number} has a test: ${wish}`)

t.strictSame(
  named.filter((number) => !ATTACKS[number]),
  [],
  'and no title names an attack that is not in the index',
)
