/** I15: whoever comes in opens nothing that stood in the logs before, with all that is on their disk and all that follows from it. */
import { openEnvelope } from '../../client/core/epochlog/envelope.ts'
import type { EpochLog } from '../../client/core/epochlog/keys.ts'
import { logKey } from '../../shared/protocol/ids.ts'
import { lootOf, opensBlob, opensMessage, reach } from '../support/formerMember.ts'
import { broken, type Chronicle } from './chronicle.ts'
import { peek } from './peek.ts'
import type { Device } from './world.ts'

/** Of each log, so many of the newest entries are tried. */
const TRIED = 12

export const checkEarlier = async (chronicle: Chronicle, device: Device): Promise<void> => {
  const { epochs, world } = chronicle
  const entered = peek(device)?.epochs[0]?.info.number ?? 0
  const loot = await lootOf([device.disk])
  const keys = await reach(loot, [])
  const before = [...epochs.values()].filter(({ info }) => info.number < entered)
  const kept = device.vault.keys('').map((key) => Buffer.from(device.vault.get(key) ?? []))
  for (const { info, logs } of before)
    for (const log of logs) {
      const blobs = (world.relay.logs.get(logKey(log.id))?.entries ?? [])
        .slice(-TRIED)
        .flatMap(({ content }) => (content.type === 'blob' ? [content.blob] : []))
      const messages = blobs.flatMap((blob) => {
        const opened = openEnvelope(log, blob)
        return opened.ok && opened.value.kind === 1 ? [opened.value.body] : []
      })
      const isOpen =
        keys.some(({ id }) => logKey(id) === logKey(log.id)) ||
        secretsOf(log).some((secret) => kept.some((value) => value.includes(secret))) ||
        blobs.some((blob) => opensBlob(keys, log.id, blob)) ||
        (await anyOf(messages, (message) => opensMessage(loot, message)))
      if (isOpen) broken(chronicle, 'I15', `${device.name} opens what stands in ${info.number}`)
    }
}

/** Each is enough for something: to find the log, to read it from the relay, to open its envelopes. */
const secretsOf = ({ access, envelopeKey }: EpochLog): readonly Buffer[] => [
  Buffer.from(access.reader.secretKey.slice(0, 32)),
  Buffer.from(envelopeKey),
]

const anyOf = async <T>(values: readonly T[], test: (value: T) => Promise<boolean>): Promise<boolean> => {
  for (const value of values) if (await test(value)) return true
  return false
}
