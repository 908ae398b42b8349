/**
 * How a hand-over travels: as a file in a log of its own (SPEC.md, FL1 to FL10), whose keys are in a note that only the new device can open and
 * that only the device whose words were compared can have written. The note stands in the rendezvous. Not here: what is in it (handover.ts).
 *
 * A log that was begun and not finished is left to die: nobody has its keys. It is sent anew, for by then there may be more to hand over.
 */
import { concat, utf8 } from '../../../shared/base/bytes.ts'
import { decode, encode, struct, varBytes } from '../../../shared/base/codec.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { toHex } from '../../../shared/base/text.ts'
import { type SecretKey, sha256, sign, verify } from '../../../shared/crypto/sodium.ts'
import { decodeContent, encodeContent } from '../committee/content.ts'
import type { FileContent } from '../committee/fileContent.ts'
import { PART_BYTES, partsOf } from '../committee/fileWords.ts'
import { cryptoSuites } from '../crypto/suite.ts'
import { fetchFile } from '../files/download.ts'
import type { Download, Drawer, Upload } from '../files/drawer.ts'
import type { Sink } from '../files/ports.ts'
import type { Carrier, TransferFailure } from '../files/transfer.ts'
import { announcement, newUpload, sendParts } from '../files/upload.ts'
import type { ItemOf } from '../join/items.ts'
import { type Transcript, transcriptHash } from '../join/transcript.ts'
import type { SuiteName } from '../mls/types.ts'
import { MAX_HANDOVER_BYTES } from './handover.ts'
import { suiteOf } from './joinings.ts'
import type { Keeper } from './upkeep.ts'

/** Days that it waits: as long as the invite. */
const LIFE = 7

const note = struct({ encapsulation: varBytes(1120), box: varBytes(900) })

const aboutNote = (transcript: Transcript): Uint8Array =>
  concat(utf8('handover/1'), transcriptHash(transcript))

const noteBytes = (transcript: Transcript, sealed: Uint8Array): Uint8Array =>
  concat(utf8('handover note/1'), transcriptHash(transcript), sha256(sealed))

const hpkeOf = (transcript: Transcript) => cryptoSuites[suiteOf(transcript.offer.suite)].hpke

/** A fresh pair for what a new device is handed. */
export const newSealKey = async (
  suite: SuiteName,
): Promise<{ readonly publicKey: Uint8Array; readonly secretKey: Uint8Array }> => {
  const { publicKey, privateKey } = await cryptoSuites[suite].hpke.generateKeyPair()
  return { publicKey: publicKey.raw, secretKey: privateKey.raw }
}

/** Undefined if the new device's key cannot be sealed to: then nothing can be handed to it. `key`: that of the answer. */
export const sealNote = async (
  key: SecretKey,
  transcript: Transcript,
  place: FileContent,
): Promise<ItemOf<'handover'> | undefined> => {
  const { as } = transcript.reveal
  if (as.type !== 'device') return undefined
  try {
    const { ct, enc } = await hpkeOf(transcript).seal(
      { type: 'public', raw: as.sealTo },
      encodeContent(place),
      aboutNote(transcript),
    )
    const sealed = encode(note, { encapsulation: enc, box: ct })
    return { type: 'handover', sealed, signature: sign(key, noteBytes(transcript, sealed)) }
  } catch {
    return undefined
  }
}

/** Where it waits; undefined if the note is not from the device whose words were compared, or not for us. */
export const openNote = async (
  sealKey: Uint8Array,
  transcript: Transcript,
  { sealed, signature }: ItemOf<'handover'>,
): Promise<FileContent | undefined> => {
  const decoded = decode(note, sealed)
  const isTheirs = verify(transcript.answer.signatureKey, noteBytes(transcript, sealed), signature)
  if (!decoded.ok || !isTheirs) return undefined
  const { encapsulation, box } = decoded.value
  try {
    const opened = await hpkeOf(transcript).open(
      { type: 'private', raw: sealKey },
      encapsulation,
      box,
      aboutNote(transcript),
    )
    const content = decodeContent(opened)
    return content.ok && content.value.type === 'file' ? content.value : undefined
  } catch {
    return undefined
  }
}

/** A carrier that does not wait: what fails now is tried again with the next round. */
const carrierOf = (keeper: Keeper): Carrier => {
  let hasFailed = false
  return {
    relay: keeper.connect(),
    signingKey: keeper.relayKey.signingKey,
    timer: (_, wake) => {
      hasFailed = true
      wake()
      return () => undefined
    },
    clock: keeper.clock,
    onProgress: () => undefined,
    isStopped: () => hasFailed,
  }
}

const drawerOf = <T>(first?: T): Drawer<T> => {
  let held = first
  return {
    ids: () => [],
    get: () => held,
    put: async (_, value) => {
      held = value
    },
    drop: async () => {
      held = undefined
    },
  }
}

/** All of it at the relay; where. */
export const putDown = async (
  keeper: Keeper,
  bytes: Uint8Array,
): Promise<Result<FileContent, TransferFailure>> => {
  const place = announcement(
    {
      type: 'file',
      kind: 'file',
      name: 'hand-over',
      media: 'application/octet-stream',
      size: bytes.length,
      parts: partsOf(bytes.length),
      sha256: toHex(sha256(bytes)),
      life: LIFE,
    },
    keeper.clock(),
  )
  const read = async (from: number, length: number): Promise<Uint8Array> =>
    bytes.subarray(from, from + length)
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += PART_BYTES)
    pieces.push(sha256(bytes.subarray(at, at + PART_BYTES)))
  const drawers = { uploads: drawerOf<Upload>(newUpload(place, '')), pieces: { get: () => pieces } }
  const carrier = carrierOf(keeper)
  try {
    return await sendParts(carrier, drawers, '', { place: '', size: bytes.length, read })
  } finally {
    carrier.relay.close()
  }
}

/** All of it, checked against its announcement. */
export const pickUp = async (
  keeper: Keeper,
  place: FileContent,
): Promise<Result<Uint8Array, TransferFailure>> => {
  if (place.size > MAX_HANDOVER_BYTES) return err({ type: 'spoiled' })
  const bytes = new Uint8Array(place.size)
  const sink: Sink = {
    place: '',
    read: async (from, length) => bytes.subarray(from, from + length),
    write: async (from, piece) => void bytes.set(piece, from),
    finish: async () => undefined,
  }
  const carrier = carrierOf(keeper)
  try {
    const fetched = await fetchFile(carrier, drawerOf<Download>(), { id: '', content: place }, sink)
    return fetched.ok ? ok(bytes) : fetched
  } finally {
    carrier.relay.close()
  }
}
