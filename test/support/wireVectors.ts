/** The frozen bytes of the wire (test/vectors/wire.json) as values: bytes are written `hex:...`, absence is null. */
import { readFileSync } from 'node:fs'
import { fromHex, toHex } from '../../shared/base/text.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

export type WireVectors = {
  readonly keys: { readonly [name: string]: string }
  readonly policies: readonly {
    readonly policy: Json
    readonly encoded: string
    readonly id: string
    readonly chain0: string
  }[]
  readonly chain: readonly { readonly seq: number; readonly blobHash: string; readonly chain: string }[]
  readonly heads: readonly {
    readonly head: number
    readonly chain: string
    readonly full: boolean
    readonly signed: string
    readonly signature: string
  }[]
  readonly access: readonly {
    readonly role: 'reader' | 'writer'
    readonly publicKey: string
    readonly signed: string
    readonly signature: string
  }[]
  readonly admission: { readonly secret: string; readonly id: string; readonly proof: string }
  readonly work: {
    readonly challenge: string
    readonly id: string
    readonly nonce: number
    readonly bits: number
  }
  readonly entry: { readonly blobHash: string; readonly signed: string; readonly signature: string }
  readonly deposit: {
    readonly lifeDays: 1 | 7 | 45
    readonly waitSeconds: number
    readonly needed: number
    readonly blob: string
    readonly name: string
  }
  readonly relayKey: { readonly staticKey: string; readonly signingKey: string; readonly text: string }
  readonly requests: readonly { readonly frame: Json; readonly encoded: string }[]
  readonly events: readonly { readonly frame: Json; readonly encoded: string }[]
}

export const readWireVectors = (): WireVectors =>
  JSON.parse(readFileSync(new URL('../vectors/wire.json', import.meta.url), 'utf8'))

export const hex = (text: string): Uint8Array => {
  const bytes = fromHex(text)
  if (bytes === undefined) throw new Error('not hex')
  return bytes
}

export const toJson = (value: unknown): Json => {
  if (value instanceof Uint8Array) return `hex:${toHex(value)}`
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toJson(inner)]))
  return value === undefined ? null : (value as Json)
}

export const fromJson = (json: Json): unknown => {
  if (typeof json === 'string' && json.startsWith('hex:')) return hex(json.slice(4))
  if (Array.isArray(json)) return json.map(fromJson)
  if (typeof json === 'object' && json !== null)
    return Object.fromEntries(Object.entries(json).map(([name, inner]) => [name, fromJson(inner as Json)]))
  return json === null ? undefined : json
}
