/** The one line that names a relay. */
import fc from 'fast-check'
import t from 'tap'
import { sameBytes } from '../../../shared/base/bytes.ts'
import type { PublicKey } from '../../../shared/crypto/sodium.ts'
import type { AdmissionSecret } from '../../../shared/protocol/access.ts'
import { isRelayUrl, parseRelayAddress, printRelayAddress } from '../../../shared/protocol/relayAddress.ts'

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 })
const URLS = [
  'ws://127.0.0.1:8787',
  'wss://relay.example.org',
  'wss://example.org/relay',
  'ws://[::1]:1',
  'wss://a.b:65535/',
]

const address = fc.record({
  url: fc.constantFrom(...URLS),
  key: fc.record({ staticKey: bytes, signingKey: bytes as unknown as fc.Arbitrary<PublicKey> }),
  admission: fc.option(bytes as unknown as fc.Arbitrary<AdmissionSecret>, { nil: undefined }),
})

t.test('K1 what is printed is read back, with and without the admission secret', async (t) => {
  const isSame = (value: Parameters<typeof printRelayAddress>[0]): boolean => {
    const text = printRelayAddress(value)
    const read = parseRelayAddress(text)
    return (
      read !== undefined &&
      printRelayAddress(read) === text &&
      sameBytes(read.key.signingKey, value.key.signingKey) &&
      (read.admission === undefined) === (value.admission === undefined)
    )
  }

  fc.assert(fc.property(address, isSame))
  t.pass('every address')
})

t.test('K1 10,000 hostile lines: read only if that is how they would be printed', async (t) => {
  const broken = fc
    .tuple(address, fc.nat(), fc.string({ maxLength: 3 }), fc.nat(2))
    .map(([value, at, more, cut]) => {
      const text = printRelayAddress(value)
      const place = at % text.length
      return text.slice(0, place) + more + text.slice(place + cut)
    })
  const isStrict = (text: string): boolean => {
    const read = parseRelayAddress(text)
    return (
      read === undefined ||
      (printRelayAddress(read) === text && isRelayUrl(read.url) && URL.canParse(read.url))
    )
  }

  fc.assert(fc.property(fc.oneof(broken, fc.string({ unit: 'binary' })), isStrict), { numRuns: 10_000 })
  t.pass('every line')
})

t.test('K1 only ws and wss, one host, no user, no query, at most 200 bytes', async (t) => {
  for (const url of URLS) t.ok(isRelayUrl(url), url)
  const bad = [
    'http://a',
    'ws://',
    'ws://a@b',
    'ws://a?b',
    'ws://a:0',
    'ws://a:65536',
    'ws://a:80',
    'ws://1.2.3',
    'ws://a/../b',
    'WS://a',
    'ws://a/../b%2f',
    'ws://a\n',
    ' ws://a',
    `ws://${'a'.repeat(200)}`,
  ]
  for (const url of bad) t.notOk(isRelayUrl(url), url)
})
