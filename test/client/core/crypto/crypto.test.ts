import { createHash, createHmac, hkdfSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { AEAD_OVERHEAD_BYTES, openBox, sealBox } from '../../../../client/core/crypto/aead.ts'
import { expand, extract, SHA256, SHA512 } from '../../../../client/core/crypto/hash.ts'
import { hkdfExpand, hkdfExtract } from '../../../../client/core/crypto/hkdf.ts'
import { makeHpke } from '../../../../client/core/crypto/hpke.ts'
import { dhkemX25519, type Kem, xwing } from '../../../../client/core/crypto/kem.ts'
import { keyFromPassphrase } from '../../../../client/core/crypto/passphrase.ts'
import { cryptoSuites } from '../../../../client/core/crypto/suite.ts'
import { wipe } from '../../../../client/core/crypto/wipe.ts'
import { EMPTY, utf8 } from '../../../../shared/base/bytes.ts'
import { fromHex, toHex } from '../../../../shared/base/text.ts'
import { cryptoReady, newKeyPair, randomBytes, sign } from '../../../../shared/crypto/sodium.ts'
import { SMALL_ORDER, shifted, torsioned } from '../../../support/malleable.ts'

await cryptoReady

const bytes = (hex: string): Uint8Array => {
  const decoded = fromHex(hex)
  if (decoded === undefined) throw new Error('not hex')
  return decoded
}
const vectors = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../../vectors/${name}.json`, import.meta.url), 'utf8'))

t.test('RFC 5869 appendix A: HKDF-SHA-256', async (t) => {
  const cases = [
    {
      ikm: '0b'.repeat(22),
      salt: '000102030405060708090a0b0c',
      info: 'f0f1f2f3f4f5f6f7f8f9',
      prk: '077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5',
      okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    },
    {
      ikm: '0b'.repeat(22),
      salt: '',
      info: '',
      prk: '19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04',
      okm: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    },
  ]
  for (const { ikm, salt, info, prk, okm } of cases) {
    t.equal(toHex(hkdfExtract(bytes(ikm), bytes(salt))), prk)
    t.equal(toHex(hkdfExpand(bytes(prk), bytes(info), 42)), okm)
  }
  t.strictSame(hkdfExtract(utf8('x')), hkdfExtract(utf8('x'), EMPTY))
  t.throws(() => hkdfExpand(randomBytes(32), EMPTY, 255 * 32 + 1), /too long/)
})

t.test('hashes, HMAC and HKDF agree with the platform at every key length', async (t) => {
  for (const [hash, name] of [
    [SHA256, 'sha256'],
    [SHA512, 'sha512'],
  ] as const) {
    for (const length of [0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 129, 200]) {
      const [key, message] = [randomBytes(200).subarray(0, length), randomBytes(77)]
      t.equal(toHex(hash.hmac(key, message)), createHmac(name, key).update(message).digest('hex'))
      t.equal(toHex(hash.digest(message)), createHash(name).update(message).digest('hex'))
      const ours = expand(hash, extract(hash, key, message), utf8('info'), 100)
      t.equal(toHex(ours), Buffer.from(hkdfSync(name, message, key, utf8('info'), 100)).toString('hex'))
    }
  }
})

t.test('a box opens under its own key and associated data, whole, and never otherwise', async (t) => {
  const key = randomBytes(32)
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 40 }),
      fc.nat(),
      (text, aad, at) => {
        const box = sealBox(key, text, aad)
        const damaged = box.with(at % box.length, (box[at % box.length] ?? 0) ^ (1 << (at % 8)))
        return (
          box.length === text.length + AEAD_OVERHEAD_BYTES &&
          toHex(openBox(key, box, aad) ?? utf8('closed')) === toHex(text) &&
          openBox(key, damaged, aad) === undefined &&
          openBox(key, box.subarray(0, -1), aad) === undefined &&
          openBox(randomBytes(32), box, aad) === undefined &&
          openBox(key, box, Uint8Array.of(...aad, 0)) === undefined
        )
      },
    ),
  )
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (junk) => openBox(key, junk, EMPTY) === undefined))
  t.not(toHex(sealBox(key, EMPTY, EMPTY)), toHex(sealBox(key, EMPTY, EMPTY)), 'a fresh nonce each time')
  t.throws(() => openBox(randomBytes(31), randomBytes(60), EMPTY), /32 bytes/)
  t.throws(() => sealBox(randomBytes(31), EMPTY, EMPTY))
})

t.test('draft-irtf-cfrg-xchacha A.3.1: the AEAD is XChaCha20-Poly1305', async (t) => {
  const nonce = '404142434445464748494a4b4c4d4e4f5051525354555657'
  const ciphertext =
    'bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39' +
    'ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9' +
    '21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49'
  const key = Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i)
  const opened = openBox(key, bytes(nonce + ciphertext), bytes('50515253c0c1c2c3c4c5c6c7'))
  t.equal(
    Buffer.from(opened ?? EMPTY).toString(),
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  )
})

t.test('Argon2id: a known answer, and one key for one passphrase however it is typed', async (t) => {
  const salt = utf8('somesaltsomesalt')
  const cost = { operations: 1, memory: 64 * 1024 }
  t.equal(
    toHex(keyFromPassphrase('password', salt, cost)),
    'e793d64ef75d58f503d4631b2b149f7f80127c5f3993d89b1c9b781e51d0b413',
    'echo -n password | argon2 somesaltsomesalt -id -t 1 -k 64 -p 1 -l 32',
  )
  const composed = keyFromPassphrase('caf\u00e9 \ufb01n', salt, cost)
  t.strictSame(keyFromPassphrase('cafe\u0301 fin', salt, cost), composed)
  t.notSame(keyFromPassphrase('cafe fin', salt, cost), composed)
  t.notSame(keyFromPassphrase('password', randomBytes(16), cost), keyFromPassphrase('password', salt, cost))
  t.throws(() => keyFromPassphrase('password', randomBytes(15), cost), /16 bytes/)
  t.throws(() => keyFromPassphrase('password', salt, { ...cost, memory: 1 }))
  t.equal(keyFromPassphrase('password', salt).length, 32, 'the default cost')
})

t.test('wiping leaves zeros', async (t) => {
  const secrets = [randomBytes(8), randomBytes(3)]
  wipe(...secrets)
  t.strictSame(secrets, [new Uint8Array(8), new Uint8Array(3)])
})

/** HPKE whose encapsulations take this ephemeral key instead of a random one. */
const withEphemeral = (kem: Kem, ephemeral: string): Kem => ({
  ...kem,
  encapsulate: (publicKey) => kem.encapsulate(publicKey, bytes(ephemeral)),
})

t.test('RFC 9180 A.2: DHKEM(X25519), HKDF-SHA-256, ChaCha20-Poly1305, base mode', async (t) => {
  const info = bytes('4f6465206f6e2061204772656369616e2055726e')
  const aad = bytes('436f756e742d30')
  const plaintext = bytes('4265617574792069732074727574682c20747275746820626561757479')
  const publicKey = bytes('4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a')
  const secretKey = bytes('8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb')
  const enc = bytes('1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a')
  const ephemeral = 'f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600'
  const derived = dhkemX25519.derive(
    bytes('1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df'),
  )
  t.strictSame(derived.raw, secretKey)
  t.strictSame(dhkemX25519.publicOf(derived), publicKey)
  const hpke = makeHpke(withEphemeral(dhkemX25519, ephemeral), SHA256, 1)
  const key = await hpke.importPrivateKey(secretKey)
  const sealed = await hpke.seal(await hpke.importPublicKey(publicKey), plaintext, info, aad)
  t.strictSame(sealed.enc, enc)
  t.equal(
    toHex(sealed.ct),
    '1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28',
  )
  t.strictSame(await hpke.open(key, enc, sealed.ct, info, aad), plaintext)
  for (const [context, secret] of [
    ['', '4bbd6243b8bb54cec311fac9df81841b6fd61f56538a775e7c80a9f40160606e'],
    ['54657374436f6e74657874', '5acb09211139c43b3090489a9da433e8a30ee7188ba8b0a9a1ccf0c229283e53'],
  ] as const) {
    t.equal(toHex(await hpke.importSecret(key, bytes(context), enc, 32, info)), secret)
    const exported = await hpke.exportSecret(await hpke.importPublicKey(publicKey), bytes(context), 32, info)
    t.equal(toHex(exported.secret), secret)
  }
})

t.test('draft-connolly-cfrg-xwing-kem: key generation, encapsulation, decapsulation', async (t) => {
  type Xwing = { seed: string; eseed: string; ss: string; sk: string; pk: string; ct: string }
  for (const v of vectors<Xwing[]>('xwing')) {
    const key = { type: 'private' as const, raw: bytes(v.sk) }
    t.equal(toHex(xwing.publicOf(key)), v.pk)
    const { secret, encapsulation } = xwing.encapsulate(bytes(v.pk), bytes(v.eseed))
    t.equal(toHex(encapsulation), v.ct)
    t.equal(toHex(secret), v.ss)
    t.equal(toHex(xwing.decapsulate(key, bytes(v.ct))), v.ss)
  }
})

t.test('post-quantum HPKE draft: X-Wing, HKDF-SHA-256, ChaCha20-Poly1305, base mode', async (t) => {
  type HpkePq = {
    info: string
    skRm: string
    pkRm: string
    enc: string
    encryptions: { aad: string; ct: string; pt: string }[]
    exports: { exporter_context: string; L: number; exported_value: string }[]
  }
  for (const v of vectors<HpkePq[]>('hpke-pq')) {
    const hpke = makeHpke(xwing, SHA256, 1)
    const key = await hpke.importPrivateKey(bytes(v.skRm))
    t.equal(toHex(xwing.publicOf(key)), v.pkRm)
    const [one] = v.encryptions
    const opened = await hpke.open(
      key,
      bytes(v.enc),
      bytes(one?.ct ?? ''),
      bytes(v.info),
      bytes(one?.aad ?? ''),
    )
    t.equal(toHex(opened), one?.pt)
    for (const { exporter_context: context, L: size, exported_value: secret } of v.exports) {
      t.equal(toHex(await hpke.importSecret(key, bytes(context), bytes(v.enc), size, bytes(v.info))), secret)
    }
  }
})

for (const [name, { hpke, kem }] of Object.entries(cryptoSuites)) {
  t.test(`${name}: HPKE refuses unusable keys, wrong lengths and damage`, async (t) => {
    const { publicKey, privateKey } = await hpke.generateKeyPair()
    const { enc, ct } = await hpke.seal(publicKey, utf8('text'), utf8('info'), utf8('aad'))
    t.strictSame(await hpke.open(privateKey, enc, ct, utf8('info'), utf8('aad')), utf8('text'))
    await t.rejects(hpke.open(privateKey, enc, ct.with(0, (ct[0] ?? 0) ^ 1), utf8('info'), utf8('aad')))
    await t.rejects(hpke.open(privateKey, enc, ct, utf8('other'), utf8('aad')))
    await t.rejects(hpke.open(privateKey, enc, ct, utf8('info')))
    await t.rejects(hpke.open(privateKey, enc.subarray(1), ct, utf8('info')), /encapsulation/)
    await t.rejects(hpke.importPublicKey(publicKey.raw.subarray(1)), /public key/)
    await t.rejects(hpke.importPrivateKey(randomBytes(31)), /private key/)
    const lowOrder = { type: 'public' as const, raw: publicKey.raw.slice().fill(0, kem.publicBytes - 32) }
    await t.rejects(hpke.seal(lowOrder, utf8('text'), EMPTY), 'an X25519 key of low order')
    if (name === 'xwing') {
      const outOfRange = { type: 'public' as const, raw: publicKey.raw.slice().fill(0xff, 0, 1152) }
      await t.rejects(hpke.seal(outOfRange, utf8('text'), EMPTY), 'ML-KEM coefficients out of range')
    }
  })
}

t.test('attack 15: strict Ed25519: what lenient verifiers accept is refused', async (t) => {
  const { verify } = cryptoSuites.xwing.signature
  const message = utf8('commit')
  const { publicKey, secretKey } = newKeyPair()
  const good = sign(secretKey, message)
  t.ok(await verify(publicKey, message, good))
  t.notOk(await verify(publicKey, message, shifted(good)), 'S + L')
  t.notOk(await verify(publicKey, message, torsioned(secretKey, message)), 'R with a small-order part')
  const zeroS = (point: string) => Uint8Array.of(...bytes(point), ...new Uint8Array(32))
  for (const [key, r] of SMALL_ORDER.flatMap((key) => SMALL_ORDER.map((r) => [key, r] as const))) {
    const accepted = await verify(bytes(key), message, zeroS(r))
    if (accepted) t.fail(`small-order key ${key.slice(0, 8)}`)
  }
  for (const r of SMALL_ORDER) if (await verify(publicKey, message, zeroS(r))) t.fail('small-order R')
  t.notOk(await verify(publicKey, message, good.subarray(1)))
  t.notOk(await verify(publicKey.subarray(1), message, good))
})
