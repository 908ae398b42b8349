/** A short log read from its start to its head, for logs that are not held: a rendezvous, a branch on offer. */
import { ok, type Result } from '../../../shared/base/result.ts'
import { type Envelope, type EnvelopeKeys, openEnvelope } from '../epochlog/envelope.ts'
import type { VerifiedEntry } from '../relay/observe.ts'
import type { Failure, LogAccess, Relay } from '../relay/relay.ts'
import { newWitness } from '../relay/witness.ts'

/** Every envelope that opens, in order. Junk is passed over. */
export const readWhole = async (
  relay: Relay,
  log: EnvelopeKeys & { readonly access: LogAccess },
): Promise<Result<readonly Envelope[], Failure>> => {
  const found: Envelope[] = []
  let witness = newWitness(log.access)
  for (;;) {
    const pulled = await relay.pull(log.access, witness)
    if (!pulled.ok) return pulled
    found.push(...pulled.value.entries.flatMap((entry) => openEntry(log, entry)))
    witness = pulled.value.witness
    if (pulled.value.atHead) return ok(found)
  }
}

const openEntry = (log: EnvelopeKeys, { blob }: VerifiedEntry): readonly Envelope[] => {
  const opened = blob && openEnvelope(log, blob)
  return opened?.ok ? [opened.value] : []
}
