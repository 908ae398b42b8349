/** What is asked of an open vault as a whole: its committees, founding one, following invites. Not here: what happens within a committee (committeeRequests.ts). */
import { utf8 } from '../../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import type { AdmissionSecret } from '../../../shared/protocol/access.ts'
import { parseRelayAddress } from '../../../shared/protocol/relayAddress.ts'
import { isHandle } from '../../core/committee/content.ts'
import { toOneLine } from '../../core/committee/plainText.ts'
import { CHARTER_BYTES } from '../../core/governance/charter.ts'
import type { Founding } from '../../core/session/founding.ts'
import { BELL_REQUESTS } from './bellRequests.ts'
import type { House } from './keeping.ts'
import type { Answer, Asked, RequestName } from './port.ts'
import { changePassphrase } from './vaultRequests.ts'

export type HouseName = Extract<
  RequestName,
  | 'bell'
  | 'bellKey'
  | 'bellOff'
  | 'bellOn'
  | 'changePassphrase'
  | 'found'
  | 'inspectInvite'
  | 'startJoining'
  | 'answerWords'
  | 'forgetJoining'
>

export const HOUSE_REQUESTS: {
  readonly [N in HouseName]: (house: House, asked: Asked<N>) => Promise<Answer<N>>
} = {
  ...BELL_REQUESTS,
  changePassphrase,
  found: async ({ client, add }, wishes) => {
    const founding = foundingOf(wishes)
    if (!founding.ok) return founding
    const session = await client.found(founding.value)
    add(session)
    return ok({ committee: session.id })
  },
  inspectInvite: async ({ client }, { link }) => {
    const [kind, relay] = [client.kindOf(tokenIn(link)), client.relayOf(tokenIn(link))]
    if (!kind.ok) return kind
    return relay.ok ? ok({ kind: kind.value, relay: relay.value }) : relay
  },
  startJoining: async ({ client, joinings }, { link, handle: typed }) => {
    const token = tokenIn(link)
    const kind = client.kindOf(token)
    if (!kind.ok) return kind
    // Another phone of a member has a name already.
    const handle = kind.value === 'device' ? '' : toOneLine(typed)
    if (kind.value !== 'device' && !isHandle(handle)) return err('bad_handle')
    const started = await client.startJoining(token, handle)
    if (!started.ok) return started
    joinings.follow(started.value)
    return ok({ joining: started.value })
  },
  answerWords: async ({ joinings }, { joining, doMatch }) =>
    (await joinings.answer(joining, doMatch)) ? ok(undefined) : err('nothing_to_compare'),
  forgetJoining: async ({ joinings }, { joining }) => {
    await joinings.forget(joining)
    return ok(undefined)
  },
}

/** Of a link the part behind the last slash or number sign: the invite itself has neither. */
const tokenIn = (link: string): string => link.replaceAll(/\s/g, '').replace(/^.*[/#]/, '')

type FoundRefusal = Extract<Answer<'found'>, { ok: false }>['error']

const foundingOf = (wishes: Asked<'found'>): Result<Founding, FoundRefusal> => {
  const name = toOneLine(wishes.name)
  const purpose = toOneLine(wishes.purpose)
  const handle = toOneLine(wishes.handle)
  if (name === '' || utf8(name).length > CHARTER_BYTES.name) return err('bad_name')
  if (utf8(purpose).length > CHARTER_BYTES.purpose) return err('bad_purpose')
  if (!isHandle(handle)) return err('bad_handle')
  const relay = parseRelayAddress(/wss?:[^\s'"]+/.exec(wishes.relay)?.[0] ?? '')
  if (!relay) return err('bad_relay')
  const { url, key } = relay
  if (!relay.admission) return err('no_admission')
  const admission: AdmissionSecret = relay.admission
  return ok({
    name,
    purpose,
    handle,
    suite: wishes.isForOldPhones ? 'x25519' : 'xwing',
    charter: wishes.isAssembly
      ? { isFounded: true, isAssembly: true, probation: 0 }
      : { isFounded: !wishes.isTalk },
    relay: { address: url, key, admission },
  })
}
