/** What a server hands to a stranger under an address, and whether that is a release (shared/release, RL1 to RL5). Not here: the words about it (commands/verify.ts). */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { fromUtf8, toHex } from '../../shared/base/text.ts'
import { sha256, verify } from '../../shared/crypto/sodium.ts'
import {
  countSignatures,
  isSigners,
  openRelease,
  type Primitives,
  parseRelease,
  parseSigned,
  parseStatement,
  type Release,
  releaseId,
  type SignedRelease,
  type Signers,
} from '../../shared/release/release.ts'

/** `wrong`: what was served otherwise than the release says: paths, and headers as `header NAME`. */
export type Served = {
  readonly id: string
  readonly name: string
  readonly files: number
  readonly signatures: number
  readonly signers: Signers
  /** Enough of the signers have signed it, or nobody has to. */
  readonly isSigned: boolean
  readonly wrong: readonly string[]
}

export type ServedFault = 'unreachable' | 'no_client'

const LOADER = 'sw.js'
const PATIENCE_MS = 30_000
/** Bytes: more than any file of a release. */
const MAX_FILE_BYTES = 8 << 20

const primitives: Primitives = { sha256: async (bytes) => sha256(bytes), isSigned: verify }

const known = (path: string): unknown =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../../shared/release/${path}`, import.meta.url)), 'utf8'))

/** Those of this release of the command line. */
export const knownSigners = (): Signers => {
  const signers = known('signers.json')
  if (!isSigners(signers)) throw new Error('signers.json is not one')
  return signers
}

const knownLoader = (): string => {
  const loader = known('loader.json')
  return typeof loader === 'object' && loader && 'sha256' in loader ? String(loader.sha256) : ''
}

type Fetched = { readonly body: Uint8Array; readonly headers: Headers }

/** Asks as a browser that comes for the first time: no cookie, no redirect. */
const get = async (address: URL): Promise<Fetched | undefined | 'unreachable'> => {
  try {
    const answer = await fetch(address, {
      redirect: 'error',
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    const body = await readAtMost(answer)
    return answer.ok && body ? { body, headers: answer.headers } : undefined
  } catch {
    return 'unreachable'
  }
}

const readAtMost = async (answer: Response): Promise<Uint8Array | undefined> => {
  const pieces: Uint8Array[] = []
  let size = 0
  const reader = answer.body?.getReader()
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    size += read.value.length
    if (size > MAX_FILE_BYTES) return undefined
    pieces.push(read.value)
  }
  return new Uint8Array(Buffer.concat(pieces))
}

/** `address` ends with the folder of the client. */
export const inspect = async (
  address: URL,
): Promise<
  { readonly ok: true; readonly value: Served } | { readonly ok: false; readonly error: ServedFault }
> => {
  const at = new URL(address.href.replace(/\/*$/, '/'))
  const found = await get(new URL('release.json', at))
  if (found === 'unreachable') return { ok: false, error: 'unreachable' }
  const signed = found && parseSigned(fromUtf8(found.body) ?? '')
  const release = signed && parseRelease(signed.release)
  if (!signed || !release) return { ok: false, error: 'no_client' }
  const wrong = [...(await wrongFiles(at, release)), ...(await wrongStart(at, release))]
  const about = await signaturesOf(signed)
  const id = await releaseId(signed.release, primitives)
  return {
    ok: true,
    value: { id, name: release.name, files: Object.keys(release.files).length, ...about, wrong },
  }
}

const signaturesOf = async (
  signed: SignedRelease,
): Promise<Pick<Served, 'signatures' | 'signers' | 'isSigned'>> => {
  const signers = knownSigners()
  const opened = await openRelease(signed, { pin: undefined, signers }, primitives)
  const last = signed.statements.at(-1)
  const now = (last && parseStatement(last.text)?.signers) ?? signers
  return { signers: now, signatures: last ? countSignatures(last, now, primitives) : 0, isSigned: opened.ok }
}

const wrongFiles = async (at: URL, { files }: Release): Promise<readonly string[]> => {
  const expected = [...Object.entries(files), [LOADER, knownLoader()] as const]
  const found = await Promise.all(
    expected.map(async ([path, hash]) => {
      const file = await get(new URL(path, at))
      return typeof file === 'object' && toHex(sha256(file.body)) === hash ? [] : [path]
    }),
  )
  return found.flat()
}

/** The page that opens when somebody types the address, and the headers it comes with. */
const wrongStart = async (at: URL, { files, headers }: Release): Promise<readonly string[]> => {
  const start = await get(at)
  if (typeof start !== 'object') return ['/']
  const isOther = toHex(sha256(start.body)) !== files['index.html']
  const others = Object.entries(headers).filter(([name, value]) => start.headers.get(name) !== value)
  return [...(isOther ? ['/'] : []), ...others.map(([name]) => `header ${name}`)]
}
