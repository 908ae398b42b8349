/** A committee begins with one seat; the second and third join by mandate like everybody after them, and count at once. */

import { toHex } from '../../../shared/base/text.ts'
import { newKeyPair } from '../../../shared/crypto/sodium.ts'
import type { AdmissionSecret } from '../../../shared/protocol/access.ts'
import type { RelayKey } from '../../../shared/protocol/relayKey.ts'
import { type Charter, defaultCharter, encodeCharter } from '../governance/charter.ts'
import { type DeviceId, encodeIdentity, newId, type SeatId } from '../governance/ids.ts'
import { newLedger } from '../governance/ledger.ts'
import { encodeSeatData } from '../governance/roster.ts'
import { createGroup } from '../mls/group.ts'
import { newKeyPackage } from '../mls/keyPackage.ts'
import type { SuiteName } from '../mls/types.ts'
import type { Vault } from '../vault/vault.ts'
import { type Book, newBook } from './book.ts'
import { freshOwn, makeEpoch, NO_COMMIT } from './desk.ts'

export type Founding = {
  readonly name: string
  readonly purpose: string
  /** What the founder wants to be called. */
  readonly handle: string
  readonly suite: SuiteName
  readonly relay: { readonly address: string; readonly key: RelayKey; readonly admission: AdmissionSecret }
  /** Parts of the default charter to start with otherwise. Throws below a floor. */
  readonly charter?: Partial<
    Pick<
      Charter,
      'isFounded' | 'isAssembly' | 'probation' | 'keepDays' | 'alarmSeen' | 'callsCity' | 'add' | 'remove'
    >
  >
}

type Means = {
  readonly vault: Vault
  readonly clock: () => number
  readonly random: (size: number) => Uint8Array
}

/** In the vault when it returns; nothing has been sent yet. */
export const found = async ({ vault, clock, random }: Means, founding: Founding): Promise<Book> => {
  const { suite, handle, relay } = founding
  const seat = newId<SeatId>(random)
  const device = newId<DeviceId>(random)
  const keyPackage = await newKeyPackage({
    suite,
    identity: encodeIdentity(seat, device),
    seatData: encodeSeatData({ writerKey: newKeyPair().publicKey, joined: 0, after: [] }),
  })
  const { staticKey, signingKey } = relay.key
  const charter = encodeCharter({
    ...defaultCharter({
      suite: suite === 'xwing' ? 84 : 3,
      name: founding.name,
      purpose: founding.purpose,
      relays: [{ address: relay.address, staticKey, signingKey }],
    }),
    ...founding.charter,
  })
  const group = await createGroup({ suite, groupId: random(32), charter, keyPackage })
  const now = clock()
  const nothing = { log: 0, seq: 0, chain: new Uint8Array(32) }
  const epoch = await makeEpoch(
    group,
    { opener: undefined, openedBy: NO_COMMIT, openedUnasked: false, parent: nothing, ledger: newLedger },
    now,
  )
  if (epoch === 'foreign' || epoch === 'outdated') throw new Error('a founding epoch is ours')
  const book = newBook(
    vault,
    {
      ...freshOwn(now, 0),
      seat,
      device,
      handle,
      suite,
      relay: { address: relay.address, staticKey, signingKey, admission: relay.admission },
    },
    toHex(random(8)),
  )
  book.setEpoch(epoch)
  await book.save()
  return book
}
