/**
 * What leaves an honest device: I6, I16, I17, and the shape of all of it. Not here: what a device takes in (oracle.ts).
 */
import { decryptSenderData } from 'ts-mls/privateMessage.js'
import { openEnvelope } from '../../client/core/epochlog/envelope.ts'
import { readStatement } from '../../client/core/epochlog/statement.ts'
import { decodePrivate } from '../../client/core/mls/bytes.ts'
import { inside } from '../../client/core/mls/inside.ts'
import { toHex } from '../../shared/base/text.ts'
import { sha256 } from '../../shared/crypto/sodium.ts'
import { logKey } from '../../shared/protocol/ids.ts'
import { broken, type Chronicle, groupIn } from './chronicle.ts'
import type { Written } from './line.ts'
import type { Knowledge } from './peek.ts'
import type { Device } from './world.ts'

const NONCE_BYTES = 24

/** `now`: what the device knows after the step in which it wrote. */
export const checkWritten = async (chronicle: Chronicle, device: Device, now: Knowledge): Promise<void> => {
  for (const written of device.line.takeWritten()) {
    const nonce = toHex(written.blob.slice(0, NONCE_BYTES))
    // I6: one nonce for one entry, however often the same bytes go.
    useOnce(chronicle, `nonce ${nonce}`, toHex(sha256(written.blob)), device)
    const name = logKey(written.log)
    const known = chronicle.logs.get(name)
    if (known) await checkInKnown(chronicle, device, written, { ...known, now })
    else if (chronicle.adversary.forged.has(name)) checkInForged(chronicle, device, written)
  }
}

/** I6: a value under a name is the only one ever seen under it. */
const useOnce = (chronicle: Chronicle, name: string, value: string, device: Device): void => {
  const before = chronicle.used.get(name)
  if (before !== undefined && before !== value) broken(chronicle, 'I6', `${device.name} used ${name} twice`)
  chronicle.used.set(name, value)
}

type Where = {
  readonly id: string
  readonly log: Parameters<typeof openEnvelope>[0]
  readonly now: Knowledge
}

const checkInKnown = async (
  chronicle: Chronicle,
  device: Device,
  written: Written,
  where: Where,
): Promise<void> => {
  const { id, log } = where
  const opened = openEnvelope(log, written.blob)
  if (!opened.ok) return broken(chronicle, 'I18', `${device.name} wrote what its committee cannot open`)
  if (opened.value.kind !== 1) return
  const info = chronicle.epochs.get(id)?.info
  const group = info && (await groupIn(chronicle, device, { id, info }))
  const message = decodePrivate(opened.value.body)
  if (!group || !message) return
  const { suite, state } = inside(group)
  const sender = await decryptSenderData(message, state.keySchedule.senderDataSecret, suite.cs)
  if (!sender) return
  const step = `${id.slice(0, 16)} ${sender.leafIndex} ${message.contentType} ${sender.generation}`
  useOnce(chronicle, `key ${step}`, toHex(sha256(opened.value.body)), device)
  if (message.contentType === 'application') checkAfterRemoval(chronicle, device, written, where)
}

/** I17: who has been shown the commit that removes somebody says nothing more where that one can read. */
const checkAfterRemoval = (
  chronicle: Chronicle,
  device: Device,
  { log, told }: Written,
  { id, now }: Where,
): void => {
  const current = now.epochs.find((epoch) => epoch.id === id)?.fold.current
  const place = current && chronicle.removals.get(current.commit)
  if (place && place.log === logKey(log) && told >= place.seq)
    broken(chronicle, 'I17', `${device.name} spoke in a log that a removal it had read had ended`)
}

/**
 * I16: in an epoch of the adversary's own making, which no honest device has taken for the committee's, nothing is said but HELLO, which
 * somebody who was stuck says in every branch that is offered.
 */
const checkInForged = (chronicle: Chronicle, device: Device, written: Written): void => {
  const epoch = chronicle.adversary.forged.get(logKey(written.log))
  const log = epoch?.logs.find((one) => logKey(one.id) === logKey(written.log))
  const opened = log && openEnvelope(log, written.blob)
  if (!epoch || !log || !opened?.ok) return
  const statement =
    opened.value.kind === 4 ? readStatement(epoch.info.roster, log.id, opened.value.body) : undefined
  if (statement?.statement.stated.type !== 'hello')
    broken(chronicle, 'I16', `${device.name} speaks in a branch that the committee is not in`)
}
