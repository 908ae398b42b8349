/** What is asked about the bell of this device, and about this device's ticket for one committee. Not here: what a bell is told, and when (client/core/bell). */
import { err, ok } from '../../../shared/base/result.ts'
import { parseBellAddress } from '../../../shared/bell/bell.ts'
import type { House } from './keeping.ts'
import type { Answer, Asked } from './port.ts'
import type { Sitting } from './sitting.ts'

type Name = 'bell' | 'bellKey' | 'bellOn' | 'bellOff'

export const BELL_REQUESTS: {
  readonly [N in Name]: (house: House, asked: Asked<N>) => Promise<Answer<N>>
} = {
  bell: async ({ client, isForbidden }) => {
    const shown = client.bell.shown()
    return ok(shown && { ...shown, isForbidden: isForbidden(shown.host) })
  },
  bellKey: async (_, { address }) => {
    const bell = parseBellAddress(address)
    return bell ? ok({ key: bell.key }) : err('bad_bell')
  },
  bellOn: async ({ client, isForbidden }, { address, rung, endpoint }) => {
    const done = await client.bell.turnOn({ address, rung, endpoint })
    const url = parseBellAddress(address)?.url ?? ''
    const isStopped = !done.ok && URL.canParse(url) && isForbidden(new URL(url).host)
    return isStopped ? err('bell_forbidden') : done
  },
  bellOff: async ({ client }) => {
    await client.bell.turnOff()
    return ok(undefined)
  },
}

/** The ticket is with the bell before the members have it, and they are told first that it is no more. */
export const bellTicket = async (
  { session }: Sitting,
  { isGiven }: Asked<'bellTicket'>,
  { client: { bell } }: House,
): Promise<Answer<'bellTicket'>> => {
  const given = isGiven ? await bell.giveTicket(session.id) : ok(undefined)
  if (!given.ok) return given
  const said = await session.say({ type: 'ticket', ...(given.value && { ticket: given.value }) })
  if (said.ok && !isGiven) await bell.takeBack(session.id)
  return said.ok ? ok(said.value.is) : said
}
