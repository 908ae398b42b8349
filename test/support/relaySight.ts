/** What a relay was asked, as whoever wants to know who belongs to whom would go through it. Not here: what stands on a real one's disk (test/scenarios/cityBlindness.test.ts). */
import { decode } from '../../shared/base/codec.ts'
import { toHex } from '../../shared/base/text.ts'
import { sha256 } from '../../shared/crypto/sodium.ts'
import type { Request } from '../../shared/protocol/frames.ts'
import { logKey } from '../../shared/protocol/ids.ts'
import { logIdOf, policy } from '../../shared/protocol/policy.ts'

type Asked = { readonly connection: number; readonly request: Request }

export type Sight = {
  /** How many values were looked at. */
  readonly values: number
  /** Values that were seen in two logs. */
  readonly shared: readonly string[]
  /** The logs that each connection spoke of. */
  readonly connections: readonly ReadonlySet<string>[]
  readonly blobs: Uint8Array
}

export const sightOf = (asked: readonly Asked[]): Sight => {
  const seen = new Map<string, string>()
  const connections = new Map<number, Set<string>>()
  const shared: string[] = []
  const note = (type: string, value: string, log: string): void => {
    const known = seen.get(value)
    if (known !== undefined && known !== log) shared.push(`${type} ${value}`)
    seen.set(value, known ?? log)
  }
  for (const { connection, request } of asked) {
    const log = logIn(request)
    if (log === undefined) continue
    connections.set(connection, (connections.get(connection) ?? new Set()).add(log))
    for (const value of valuesIn(request)) note(request.type, value, log)
  }
  const blobs = asked.flatMap(({ request }) => ('blob' in request ? [request.blob] : []))
  return { values: seen.size, shared, connections: [...connections.values()], blobs: Buffer.concat(blobs) }
}

const logIn = (request: Request): string | undefined => {
  if (request.type === 'create') return logKey(logIdOf(request.policy))
  return 'log' in request ? logKey(request.log) : undefined
}

/** All that could be the same elsewhere: keys, their hashes, signatures, proofs, tokens, blobs and their nonces. */
const valuesIn = (request: Request): readonly string[] => {
  if (request.type === 'create') {
    const read = decode(policy, request.policy)
    return read.ok ? [request.admission, ...read.value.readers, ...read.value.writers].map(toHex) : []
  }
  if (request.type === 'open') return [request.publicKey, request.signature].map(toHex)
  if (request.type === 'cancel') return [request.deposit, request.token].map(toHex)
  if (!('blob' in request)) return []
  const hashes = request.type === 'deposit' ? request.cancelHashes : []
  const signatures = request.writer ? [request.writer.signature] : []
  return [sha256(request.blob), request.blob.slice(0, 24), ...signatures, ...hashes].map(toHex)
}
