/** RL1 to RL4: what a release is, and which may follow which. Not here: the loader that keeps one (test/client/web/trust.test.ts). */
import fc from 'fast-check'
import t from 'tap'
import { toHex } from '../../../shared/base/text.ts'
import { cryptoReady, keyPairFromSeed, sha256, sign, verify } from '../../../shared/crypto/sodium.ts'
import {
  isSigners,
  openRelease,
  type Pin,
  type Primitives,
  parseRelease,
  parseSigned,
  parseStatement,
  printRelease,
  printStatement,
  type Release,
  releaseId,
  type SignedRelease,
  type Signers,
  type Statement,
} from '../../../shared/release/release.ts'

await cryptoReady

const primitives: Primitives = { sha256: async (bytes) => sha256(bytes), isSigned: verify }
const people = [1, 2, 3, 4].map((number) => keyPairFromSeed(new Uint8Array(32).fill(number)))
const keyOf = (person: number): string => toHex(people[person]?.publicKey ?? new Uint8Array())
const [three, others]: readonly Signers[] = [
  { threshold: 2, keys: [keyOf(0), keyOf(1), keyOf(2)] },
  { threshold: 1, keys: [keyOf(3)] },
]
if (!three || !others) throw new Error('there are two')

const releaseOf = (name: string): Release => ({
  name,
  headers: { 'content-security-policy': "default-src 'none'" },
  files: { 'index.html': 'ab'.repeat(32), 'assets/index-x.js': 'cd'.repeat(32) },
})
const textOf = (name: string): string => printRelease(releaseOf(name))
const idOf = (name: string): Promise<string> => releaseId(textOf(name), primitives)

const signedBy = (statement: Statement, who: readonly number[]) => {
  const text = printStatement(statement)
  const message = new TextEncoder().encode(text)
  return {
    text,
    signatures: Object.fromEntries(
      who.flatMap((person) => {
        const key = people[person]
        return key ? [[keyOf(person), toHex(sign(key.secretKey, message))]] : []
      }),
    ),
  }
}

type Step = {
  readonly name: string
  readonly after: string
  readonly signers?: Signers
  readonly by: readonly number[]
}
const chained = async (...steps: readonly Step[]): Promise<SignedRelease> => ({
  release: textOf(steps.at(-1)?.name ?? ''),
  statements: await Promise.all(
    steps.map(async ({ name, after, signers = three, by }) =>
      signedBy({ id: await idOf(name), after: after && (await idOf(after)), signers }, by),
    ),
  ),
})
const said = async (signed: SignedRelease, pin?: Pin, signers: Signers = three): Promise<string> => {
  const opened = await openRelease(signed, { pin, signers }, primitives)
  return opened.ok ? opened.value.release.name : opened.error
}

t.test('RL1 one release has one text and one id, in whatever order its parts were named', async (t) => {
  const table = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.constant('ef'.repeat(32)))
  fc.assert(
    fc.property(table, (files) => {
      const all = { ...files, 'index.html': 'ab'.repeat(32) }
      const back = Object.fromEntries(Object.entries(all).reverse())
      const text = printRelease({ name: 'a', headers: {}, files: all })
      return (
        text === printRelease({ name: 'a', headers: {}, files: back }) && parseRelease(text) !== undefined
      )
    }),
  )
  const text = textOf('a')
  for (const bad of [
    '',
    '[]',
    `${text} `,
    text.replace('"name"', '"Name"'),
    text.replace('index.html', 'start.html'),
    text.replace('assets/', '../'),
    text.replace('assets/', '/'),
    text.replace('assets/', 'https://elsewhere/'),
    text.replace('abab', 'ABab'),
    text.replace('{"name":"a",', '{"name":"a","more":1,'),
    text.replace('index-x.js', 'index-x.js?a'),
  ])
    t.equal(parseRelease(bad), undefined, bad)
  t.equal(await idOf('a'), toHex(sha256(new TextEncoder().encode(text))))
})

t.test('RL2 a release runs when enough of the signers say so, and not with one fewer', async (t) => {
  t.equal(await said(await chained({ name: 'a', after: '', by: [0, 2] })), 'a')
  t.equal(await said(await chained({ name: 'a', after: '', by: [0] })), 'too_few_signatures')
  t.equal(await said(await chained({ name: 'a', after: '', by: [0, 3] })), 'too_few_signatures', 'a stranger')
  const one = await chained({ name: 'a', after: '', by: [0] })
  const twice = one.statements.map(({ text, signatures }) => ({
    text,
    signatures: { ...signatures, [keyOf(1)]: signatures[keyOf(0)] ?? '' },
  }))
  t.equal(await said({ ...one, statements: twice }), 'too_few_signatures', 'one signature is one person')
  t.equal(await said({ release: textOf('a'), statements: [] }), 'not_a_successor', 'nobody signed')
  const whole = await chained({ name: 'a', after: '', by: [0, 1] })
  t.equal(await said({ ...whole, release: textOf('b') }), 'not_a_successor', 'they signed another one')
  for (const text of ['', 'tocsin release 1', `${whole.statements[0]?.text}\n`])
    t.equal(await said({ ...whole, statements: [{ text, signatures: {} }] }), 'malformed')
})

t.test(
  'RL3 only what follows the release that runs here may follow it, over any number of steps',
  async (t) => {
    const pin: Pin = { id: await idOf('a'), signers: three }
    const first = { name: 'a', after: '', by: [0, 1] }
    const second = { name: 'b', after: 'a', by: [1, 2] }
    const third = { name: 'c', after: 'b', by: [0, 2] }
    t.equal(await said(await chained(first, second), pin), 'b')
    t.equal(await said(await chained(first, second, third), pin), 'c', 'who missed one')
    t.equal(await said(await chained(third), pin), 'not_a_successor', 'a gap')
    t.equal(await said(await chained(first), pin), 'not_a_successor', 'the same')
    t.equal(
      await said(await chained(first, second), { ...pin, id: await idOf('b') }),
      'not_a_successor',
      'the same, later',
    )
    t.equal(
      await said(await chained(first), { ...pin, id: await idOf('b') }),
      'not_a_successor',
      'an older one',
    )
    t.equal(
      await said(await chained(first, { ...second, by: [1] }, third), pin),
      'too_few_signatures',
      'a weak step between',
    )
  },
)

t.test('RL4 signers hand over to others, and have nothing to say after that', async (t) => {
  const first = { name: 'a', after: '', by: [0, 1] }
  const handing = { name: 'b', after: 'a', signers: others, by: [0, 1] }
  const pin: Pin = { id: await idOf('a'), signers: three }
  t.equal(await said(await chained(first, handing, { name: 'c', after: 'b', by: [3] }), pin), 'c')
  t.equal(
    await said(await chained(first, handing, { name: 'c', after: 'b', by: [0, 1] }), pin),
    'too_few_signatures',
  )
  t.equal(
    await said(await chained(first, handing, { name: 'c', after: 'b', by: [3] })),
    'c',
    'who comes new walks the whole way from the signers of the loader',
  )
})

t.test(
  'RL5 where nobody signs, every release may follow, and whoever signs it changes nothing',
  async (t) => {
    const nobody: Signers = { threshold: 0, keys: [] }
    const own = await chained({ name: 'b', after: '', signers: others, by: [3] })
    const opened = await openRelease(
      own,
      { pin: { id: await idOf('a'), signers: nobody }, signers: three },
      primitives,
    )
    t.strictSame(opened.ok && opened.value.pin, { id: await idOf('b'), signers: nobody })
    t.equal(await said({ release: textOf('a'), statements: [] }, undefined, nobody), 'a')
  },
)

t.test('RL2 statements and signers are read only as they are printed', (t) => {
  const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex)
  const statement = fc
    .record({
      id: hex,
      after: fc.oneof(hex, fc.constant('')),
      keys: fc.uniqueArray(hex, { maxLength: 4 }),
      n: fc.nat(9),
    })
    .map(({ id, after, keys, n }) => ({
      id,
      after,
      signers: { keys, threshold: keys.length ? 1 + (n % keys.length) : 0 },
    }))
  fc.assert(
    fc.property(statement, (one) => {
      t.strictSame(parseStatement(printStatement(one)), one)
    }),
  )
  const broken = fc
    .tuple(statement, fc.nat(), fc.string({ maxLength: 2 }), fc.nat(2))
    .map(([one, at, more, cut]) => {
      const text = printStatement(one)
      const place = at % text.length
      return text.slice(0, place) + more + text.slice(place + cut)
    })
  fc.assert(
    fc.property(broken, (text) => {
      const read = parseStatement(text)
      return read === undefined || printStatement(read) === text
    }),
    { numRuns: 5000 },
  )
  for (const bad of [
    { threshold: 0, keys: [keyOf(0)] },
    { threshold: 2, keys: [keyOf(0)] },
    { threshold: 2, keys: [keyOf(0), keyOf(0)] },
    { threshold: 1.5, keys: [keyOf(0), keyOf(1)] },
    { threshold: 1, keys: ['ab'] },
    undefined,
  ])
    t.notOk(isSigners(bad))
  for (const bad of ['', '{}', '{"release":1,"statements":[]}', '{"release":"","statements":[{"text":1}]}'])
    t.equal(parseSigned(bad), undefined)
  t.end()
})
