/**
 * Hashes as words that people read aloud to each other (protocol.md 4.4). English BIP39: 2,048 words, told apart by their first
 * four letters, so each stands for exactly 11 bits and no word is likelier than another. Nobody's secret is in them.
 */

import { wordlist } from '@scure/bip39/wordlists/english.js'
import { concat, utf8 } from '../../../shared/base/bytes.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'

/** Three words (33 bits) for the 32-byte hash of a join transcript: guessing right once in 2^33 is all an attacker has. */
export const transcriptWords = (transcriptHash: Uint8Array): readonly string[] => {
  if (transcriptHash.length !== 32) throw new Error('transcript hash is not 32 bytes')
  return wordsOf(sha256(utf8('join words/1'), transcriptHash), 3)
}

/** Four words (44 bits) for where a committee stands: its 32-byte anchor and the epoch authenticator (RFC 9420 section 8.7). */
export const committeeWords = (anchor: Uint8Array, epochAuthenticator: Uint8Array): readonly string[] => {
  if (anchor.length !== 32) throw new Error('anchor is not 32 bytes')
  return wordsOf(sha256(concat(utf8('committee words/1'), anchor, epochAuthenticator)), 4)
}

/** The first `count` groups of 11 bits, most significant first. */
const wordsOf = (digest: Uint8Array, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => wordlist[elevenBits(digest, 11 * i)] ?? '')

const elevenBits = (digest: Uint8Array, from: number): number => {
  const [a = 0, b = 0, c = 0] = digest.subarray(from >> 3)
  return (((a << 16) | (b << 8) | c) >> (13 - (from & 7))) & 2047
}
