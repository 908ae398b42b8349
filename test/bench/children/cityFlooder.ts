/**
 * One infiltrator with all keys of one committee, a process of its own: floods the bulletin, deposits and their assembly's log for as long as it is told to. Noise only, so that
 * whoever counts letters counts those of others. An attacker brings a machine of their own: here this process takes processor time only where nobody else wants it, and the counts show
 * that it still asks for more than the relay gives.
 */

import { constants, setPriority } from 'node:os'
import { dialNode } from '../../../client/cli/socketNode.ts'
import { bulletinLogOf, decodeTerm } from '../../../client/core/city/bulletinTerm.ts'
import { logFromSeed } from '../../../client/core/epochlog/keys.ts'
import { policyOf, signatureOf } from '../../../client/core/relay/appending.ts'
import { createRelay } from '../../../client/core/relay/createRelay.ts'
import { cryptoReady, keyPairFromSeed, type PublicKey, randomBytes } from '../../../shared/crypto/sodium.ts'
import type { AdmissionSecret } from '../../../shared/protocol/access.ts'
import type { Blob } from '../../../shared/protocol/ids.ts'
import { type Flood, startFlood } from '../../support/flood.ts'
import type { Asked } from '../../support/wire.ts'

/** `term`, and `writer`, the seed of the committee's own key: base64. */
export type FlooderFacts = { readonly term: string; readonly writer: string }
export type FlooderQuestion = { readonly flood: boolean }
export type FlooderAnswer = { readonly taken: number; readonly refused: number }

const facts: FlooderFacts = JSON.parse(process.argv[2] ?? '{}')
setPriority(constants.priority.PRIORITY_LOW)
await cryptoReady
const term = decodeTerm(Buffer.from(facts.term, 'base64'))
if (!term) throw new Error('no term')
const { address, staticKey, signingKey, admission } = term.relay
const key = { staticKey, signingKey: signingKey as PublicKey }
const relay = { url: address, key, admission: admission as AdmissionSecret }
const { access } = bulletinLogOf(term, keyPairFromSeed(Buffer.from(facts.writer, 'base64')))
const assembly = logFromSeed(randomBytes(64)).access

const desk = createRelay({
  ...{ dial: dialNode, random: Math.random, address, relayKey: key, admission: relay.admission },
  timer: (ms, wake) => {
    const timer = setTimeout(wake, ms)
    return () => clearTimeout(timer)
  },
  onAdmission: () => undefined,
})
const made = await desk.create(assembly)
if (!made.ok) throw new Error(`no log: ${made.error.type}`)

const blobs = Array.from({ length: 64 }, () => randomBytes(1024) as Blob)
const rules = policyOf(access)
const signed = blobs.map((blob) => ({ blob, writer: signatureOf(access, rules, blob) }))
const append = { type: 'append', ifHead: undefined, alert: 1, lifeDays: 7 } as const
let turn = 0
const noise = (): Asked => {
  const { blob, writer } = signed[turn++ % signed.length] as (typeof signed)[number]
  return { ...append, log: access.id, blob, writer }
}
const chatter = (): Asked => ({
  ...append,
  log: assembly.id,
  blob: blobs[turn++ % blobs.length] as Blob,
  writer: undefined,
})
const timed = (): Asked => {
  const { blob, writer } = signed[turn++ % signed.length] as (typeof signed)[number]
  const cancelHashes = Array.from({ length: 32 }, () => randomBytes(32))
  const wait = { lifeDays: 7, waitSeconds: 86_400, needed: 2, cancelHashes } as const
  return { type: 'deposit', log: access.id, blob, writer, ...wait }
}

let floods: readonly Flood[] = []
const count = (): FlooderAnswer => ({
  taken: floods.reduce((sum, flood) => sum + flood.taken(), 0),
  refused: floods.reduce((sum, flood) => sum + flood.refused(), 0),
})
/** It has begun when the first of it has been answered; it is over when nothing more is asked. */
const answer = async ({ flood }: FlooderQuestion): Promise<FlooderAnswer> => {
  const so = count()
  for (const one of floods) one.stop()
  floods = flood
    ? await Promise.all([
        startFlood(relay, { access, connections: 4, underWay: 40, next: noise }),
        startFlood(relay, { access: assembly, connections: 2, underWay: 40, next: chatter }),
        startFlood(relay, { access, connections: 1, underWay: 10, next: timed }),
      ])
    : []
  for (const one of floods) await one.until(() => one.taken() + one.refused() > 0)
  return so
}

process.on('message', async (question: FlooderQuestion) => process.send?.(await answer(question)))
process.once('disconnect', () => process.exit(0))
process.send?.('ready')
