/** The libsodium that a phone fetches is cut to what is called, and says what the whole one says. Not here: what it is used for (test/client/core/crypto). */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import whole from 'libsodium-wrappers'
import t from 'tap'
// @ts-expect-error a part of the build, which has no types
import { leanSodium } from '../../../client/web/leanSodium.mjs'
// @ts-expect-error a part of the build, which has no types
import { leanWasm } from '../../../client/web/leanWasm.mjs'

type Emitted = { readonly source: Uint8Array }
type Plugin = { readonly transform: (code: string, id: string) => { readonly code: string } }

const require = createRequire(import.meta.url)
const path = (name: string, file: string): string =>
  join(require.resolve(name), '..', '..', 'modules-sumo-esm', file)
const WRAPPERS = path('libsodium-wrappers', 'libsodium-wrappers.mjs')
const PROGRAM = path('libsodium-sumo', 'libsodium-sumo.mjs')

const folder = mkdtempSync(join(tmpdir(), 'tocsin-lean-'))
t.teardown(() => rmSync(folder, { recursive: true }))

/** As the build makes it, but read from a file instead of being fetched. */
const makeLean = async (): Promise<typeof whole> => {
  const plugin: Plugin = leanSodium()
  const build = {
    emitFile: ({ source }: Emitted) => {
      writeFileSync(join(folder, 'sodium.wasm'), source)
      return 'x'
    },
  }
  const glue = plugin.transform.call(build, readFileSync(PROGRAM, 'utf8'), PROGRAM).code
  const fetched = /await\(await fetch\(import\.meta\.ROLLUP_FILE_URL_x\)\)\.arrayBuffer\(\)/
  writeFileSync(
    join(folder, 'glue.mjs'),
    `import { readFileSync } from 'node:fs'\n${glue.replace(fetched, "readFileSync(new URL('sodium.wasm', import.meta.url))")}`,
  )
  const wrappers = plugin.transform.call(build, '', WRAPPERS).code
  writeFileSync(join(folder, 'wrappers.mjs'), wrappers.replace('"libsodium-sumo"', '"./glue.mjs"'))
  return (await import(join(folder, 'wrappers.mjs'))).default
}

const lean = await makeLean()
await Promise.all([whole.ready, lean.ready])

const bytes = (length: number, first = 0): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + first) & 255)
const [message, more] = [bytes(1000), bytes(77, 3)]
const [key, nonce, longNonce] = [bytes(32, 1), bytes(12), bytes(24)]

/** Everything that gives the same for the same: what both say of it. */
const SAYINGS: Readonly<Record<string, (sodium: typeof whole) => unknown>> = {
  sha256: (sodium) => sodium.crypto_hash_sha256(message),
  sha512: (sodium) => sodium.crypto_hash_sha512(message),
  'sha256 in parts': (sodium) => {
    const state = sodium.crypto_hash_sha256_init()
    for (const part of [message, more]) sodium.crypto_hash_sha256_update(state, part)
    return sodium.crypto_hash_sha256_final(state)
  },
  'hmac 256': (sodium) => sodium.crypto_auth_hmacsha256(message, key),
  'hmac 256 in parts': (sodium) => {
    const state = sodium.crypto_auth_hmacsha256_init(more)
    sodium.crypto_auth_hmacsha256_update(state, message)
    return sodium.crypto_auth_hmacsha256_final(state)
  },
  'hmac 512 in parts': (sodium) => {
    const state = sodium.crypto_auth_hmacsha512_init(more)
    sodium.crypto_auth_hmacsha512_update(state, message)
    return sodium.crypto_auth_hmacsha512_final(state)
  },
  shake: (sodium) => sodium.crypto_xof_shake256(64, message),
  signature: (sodium) => {
    const pair = sodium.crypto_sign_seed_keypair(key)
    const signed = sodium.crypto_sign_detached(message, pair.privateKey)
    return [
      pair,
      signed,
      sodium.crypto_sign_verify_detached(signed, message, pair.publicKey),
      sodium.crypto_sign_verify_detached(signed, more, pair.publicKey),
      sodium.crypto_sign_ed25519_pk_to_curve25519(pair.publicKey),
      sodium.crypto_sign_ed25519_sk_to_curve25519(pair.privateKey),
    ]
  },
  box: (sodium) => {
    const box = sodium.crypto_aead_chacha20poly1305_ietf_encrypt(message, more, null, nonce, key)
    return [box, sodium.crypto_aead_chacha20poly1305_ietf_decrypt(null, box, more, nonce, key)]
  },
  'box with a long nonce': (sodium) => {
    const box = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(message, more, null, longNonce, key)
    return [box, sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, box, more, longNonce, key)]
  },
  'a point of a curve': (sodium) => [
    sodium.crypto_scalarmult_base(key),
    sodium.crypto_scalarmult(key, sodium.crypto_scalarmult_base(bytes(32, 9))),
  ],
  'x-wing': (sodium) => {
    const pair = sodium.crypto_kem_xwing_seed_keypair(key)
    const sent = sodium.crypto_kem_xwing_enc_deterministic(pair.publicKey, bytes(64, 5))
    return [pair, sent, sodium.crypto_kem_xwing_dec(sent.ciphertext, pair.privateKey)]
  },
  'a passphrase': (sodium) =>
    sodium.crypto_pwhash(32, more, bytes(16), 2, 1 << 20, sodium.crypto_pwhash_ALG_ARGON2ID13),
}

t.test('What a phone computes is what everybody else computes', async (t) => {
  for (const [what, say] of Object.entries(SAYINGS)) t.strictSame(say(lean), say(whole), what)
  const pair = lean.crypto_sign_keypair()
  t.ok(
    whole.crypto_sign_verify_detached(
      lean.crypto_sign_detached(message, pair.privateKey),
      message,
      pair.publicKey,
    ),
  )
  const [open, secret] = [whole.crypto_scalarmult_base(key), key]
  t.strictSame(whole.crypto_box_seal_open(lean.crypto_box_seal(message, open), open, secret), message)
  t.strictSame(lean.crypto_box_seal_open(whole.crypto_box_seal(message, open), open, secret), message)
  const wing = lean.crypto_kem_xwing_seed_keypair(key)
  const sent = lean.crypto_kem_xwing_enc(wing.publicKey)
  t.strictSame(whole.crypto_kem_xwing_dec(sent.ciphertext, wing.privateKey), sent.sharedSecret)
  t.not(lean.randombytes_buf(32).join(), lean.randombytes_buf(32).join())
})

t.test('Of what the sources do not call, most is gone', async (t) => {
  const all = Object.keys(whole).filter((name) => name.startsWith('crypto_'))
  const kept = Object.keys(lean).filter((name) => name.startsWith('crypto_'))
  t.ok(kept.length > 25 && kept.length < all.length / 5, `${kept.length} of ${all.length}`)
  t.equal(typeof lean.crypto_secretbox_easy, 'function', 'with which it tries itself out')
})

/** (module (func $a (call $b)) (func $b) (func $c (i32.const 7) (drop)) (export "a" $a) (export "c" $c)) */
const PROGRAM_OF_THREE = new Uint8Array([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0],
  ...[3, 4, 3, 0, 0, 0],
  ...[7, 9, 2, 1, 0x61, 0, 0, 1, 0x63, 0, 2],
  ...[10, 15, 3, 4, 0, 0x10, 1, 0x0b, 2, 0, 0x0b, 5, 0, 0x41, 7, 0x1a, 0x0b],
])

t.test('A function that is called by what is wanted stays; one that is not becomes a trap', async (t) => {
  const run = (wanted: readonly string[]): Readonly<Record<string, () => void>> => {
    const cut = new Uint8Array(leanWasm(Buffer.from(PROGRAM_OF_THREE), new Set(wanted)))
    return new WebAssembly.Instance(new WebAssembly.Module(cut)).exports as Record<string, () => void>
  }
  t.doesNotThrow(() => run(['a']).a?.())
  t.strictSame(Object.keys(run(['a'])), ['a'])
  t.doesNotThrow(() => run(['c']).c?.())
  t.ok(leanWasm(Buffer.from(PROGRAM_OF_THREE), new Set(['a'])).length < PROGRAM_OF_THREE.length)
  const unknown = PROGRAM_OF_THREE.with(PROGRAM_OF_THREE.length - 2, 0xfe)
  t.throws(() => leanWasm(Buffer.from(unknown), new Set(['c'])), /not known/)
})
