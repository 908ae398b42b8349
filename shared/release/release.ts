/**
 * What the web client consists of, and who says so. A release is a text that lists every file by its hash and the headers it runs under; its id is the hash of
 * that text, so that whoever builds the same source gets the same id. Behind it stands a chain of statements, each signed by the signers of
 * the one before: who a release follows, and who signs the next. Rules RL1 to RL5 below.
 *
 * Pure, because it runs where there is no libsodium: hashes and signatures are checked by `Primitives`. Not here: who fetches and
 * keeps the files (client/web/serviceWorker), and who asks as a stranger (client/cli/commands/verify.ts).
 */
import { fromHex, toHex } from '../base/text.ts'

export type Primitives = {
  readonly sha256: (bytes: Uint8Array) => Promise<Uint8Array>
  /** Ed25519, strict (RFC 8032): false for whatever is not a signature. */
  readonly isSigned: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean
}

/** So many of these have to sign what comes next. None and nobody: then every person decides alone, with the id before them. */
export type Signers = { readonly threshold: number; readonly keys: readonly string[] }

/** `files`: path below the client's own folder, and SHA-256 in lower-case hex. `headers`: names in lower case. */
export type Release = {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, string>>
}

/** `after`: the id of the release that this one follows; empty for the first. */
export type Statement = { readonly id: string; readonly after: string; readonly signers: Signers }

export type SignedStatement = {
  readonly text: string
  /** By key, both in lower-case hex. */
  readonly signatures: Readonly<Record<string, string>>
}

/** Oldest first. The last one is about this release, if anybody signs at all. */
export type SignedRelease = { readonly release: string; readonly statements: readonly SignedStatement[] }

/** What a device runs: the id, and who signs what may follow. */
export type Pin = { readonly id: string; readonly signers: Signers }

/**
 * malformed: not a release. too_few_signatures: fewer of the signers than it takes. not_a_successor: it does not follow the one
 * that runs here, or is that one.
 */
export type ReleaseFault = 'malformed' | 'too_few_signatures' | 'not_a_successor'
type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ReleaseFault }

const CONTEXT = 'tocsin release 1'
const MAX_STATEMENTS = 500
const ID = /^[0-9a-f]{64}$/
/** No way up, no other server, no query. */
const PATH = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*$/
const HEADER = /^[a-z-]{1,64}$/

const fail = <T>(error: ReleaseFault): Checked<T> => ({ ok: false, error })

/** Of a release's text (RL1). */
export const releaseId = async (text: string, { sha256 }: Primitives): Promise<string> =>
  toHex(await sha256(new TextEncoder().encode(text)))

/** As people read it to each other: in fours. */
export const inFours = (id: string): string => id.replace(/(.{4})(?=.)/g, '$1 ')

/** The same release gives the same text: names in order, nothing else in it. */
export const printRelease = ({ name, headers, files }: Release): string =>
  JSON.stringify({ name, headers: inOrder(headers), files: inOrder(files) })

export const printStatement = ({ id, after, signers }: Statement): string =>
  [CONTEXT, `id ${id}`, `after ${after}`, `signers ${[signers.threshold, ...signers.keys].join(' ')}`].join(
    '\n',
  )

/** What is fetched: `printRelease` and statements, as JSON. */
export const parseSigned = (text: string): SignedRelease | undefined => {
  const value = parsed(text)
  if (!isObject(value) || typeof value.release !== 'string' || !Array.isArray(value.statements))
    return undefined
  const statements: readonly unknown[] = value.statements
  return statements.length <= MAX_STATEMENTS && statements.every(isSignedStatement)
    ? { release: value.release, statements }
    : undefined
}

export const parseRelease = (text: string): Release | undefined => {
  const value = parsed(text)
  if (!isObject(value) || typeof value.name !== 'string') return undefined
  const { name, headers, files } = value
  if (!isTable(headers, HEADER) || !isTable(files, PATH) || !('index.html' in files)) return undefined
  const release = { name, headers, files }
  const areHashes = Object.values(files).every((hash) => ID.test(hash))
  // One release, one text: otherwise it would have two ids.
  return areHashes && printRelease(release) === text ? release : undefined
}

/**
 * The release that may run here next, if it is one (RL2 to RL4). `pin` is what runs here now; without one, `signers` are those that the loader was
 * built with.
 */
export const openRelease = async (
  signed: SignedRelease,
  from: { readonly pin: Pin | undefined; readonly signers: Signers },
  primitives: Primitives,
): Promise<Checked<{ readonly pin: Pin; readonly release: Release }>> => {
  const release = parseRelease(signed.release)
  if (release === undefined) return fail('malformed')
  const id = await releaseId(signed.release, primitives)
  if (id === from.pin?.id) return fail('not_a_successor')
  const pin = from.pin ?? { id: '', signers: from.signers }
  // Where nobody signs, nobody's statement counts either.
  if (pin.signers.threshold === 0) return { ok: true, value: { pin: { ...pin, id }, release } }
  const followed = follow(signed.statements, pin, primitives)
  if (!followed.ok) return followed
  return followed.value.id === id
    ? { ok: true, value: { pin: followed.value, release } }
    : fail('not_a_successor')
}

/** From the pin to the last statement, each signed by the signers of the one before. */
const follow = (statements: readonly SignedStatement[], pin: Pin, primitives: Primitives): Checked<Pin> => {
  let at = pin
  for (const signed of statements) {
    const statement = parseStatement(signed.text)
    if (statement === undefined) return fail('malformed')
    if (statement.after !== at.id) continue
    if (countSignatures(signed, at.signers, primitives) < at.signers.threshold)
      return fail('too_few_signatures')
    at = { id: statement.id, signers: statement.signers }
  }
  return { ok: true, value: at }
}

/** How many of the signers have signed it (RL2). */
export const countSignatures = (
  { text, signatures }: SignedStatement,
  { keys }: Signers,
  { isSigned }: Primitives,
): number => {
  const message = new TextEncoder().encode(text)
  return keys.filter((key) => {
    const [raw, signature] = [fromHex(key), fromHex(signatures[key] ?? '')]
    return raw?.length === 32 && signature?.length === 64 && isSigned(raw, message, signature)
  }).length
}

export const parseStatement = (text: string): Statement | undefined => {
  const [, id = '', after = '', threshold = '', keys = ''] = STATEMENT.exec(text) ?? []
  const signers = { threshold: Number(threshold), keys: keys.split(' ').slice(1) }
  const statement = { id, after, signers }
  return ID.test(id) && isSigners(signers) && printStatement(statement) === text ? statement : undefined
}

const STATEMENT =
  /^tocsin release 1\nid ([0-9a-f]{64})\nafter ([0-9a-f]{64}|)\nsigners ([0-9]{1,2})((?: [0-9a-f]{64}){0,32})$/

/** Each named once, and no more needed than there are. */
export const isSigners = (value: unknown): value is Signers =>
  isObject(value) &&
  Array.isArray(value.keys) &&
  value.keys.every((key) => typeof key === 'string' && ID.test(key)) &&
  new Set(value.keys).size === value.keys.length &&
  Number.isInteger(value.threshold) &&
  Number(value.threshold) >= (value.keys.length === 0 ? 0 : 1) &&
  Number(value.threshold) <= value.keys.length

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isTable = (value: unknown, names: RegExp): value is Record<string, string> =>
  isObject(value) &&
  Object.entries(value).every(([name, text]) => names.test(name) && typeof text === 'string')

const isSignedStatement = (value: unknown): value is SignedStatement =>
  isObject(value) && typeof value.text === 'string' && isTable(value.signatures, ID)

const inOrder = (table: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)))
