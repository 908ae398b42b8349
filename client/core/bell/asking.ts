/** One question to a bell, and what its answer means to whoever asked. */
import { decode } from '../../../shared/base/codec.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import {
  askBell,
  type BellAnswer,
  type BellRequest,
  bellAnswer,
  parseBellAddress,
} from '../../../shared/bell/bell.ts'
import type { World } from '../session/world.ts'

/** away: not reached. old: it takes nothing from this address. service: it does not know that push service. */
export type BellFailure = 'bad_bell' | 'bell_away' | 'bell_old' | 'bell_service'
export type Asked = Result<undefined, BellFailure>

/** Of what it said. `later` is a promise to ring, and no promise to register. */
const MEANS: Readonly<Record<BellAnswer['type'], (asked: BellRequest['type']) => BellFailure | undefined>> = {
  ok: () => undefined,
  // what is not there need not be forgotten, nor rung
  none: (asked) => (asked === 'unregister' || asked === 'ringOne' ? undefined : 'bell_old'),
  later: (asked) => (asked === 'register' ? 'bell_away' : undefined),
  endpoint: () => 'bell_service',
}

export const askAt = async (world: World, address: string, request: BellRequest): Promise<Asked> => {
  const bell = parseBellAddress(address)
  if (!bell) return err('bad_bell')
  const answer = await world.post?.(`${bell.url.replace(/\/$/, '')}/v1`, askBell(bell.secret, request))
  const said = answer && decode(bellAnswer, answer)
  const why = said?.ok ? MEANS[said.value.type](request.type) : 'bell_away'
  return why === undefined ? ok(undefined) : err(why)
}

/** Without what only this device and its committees know. */
export const hostOf = (address: string): string => {
  const url = parseBellAddress(address)?.url ?? ''
  return URL.canParse(url) ? new URL(url).host : ''
}
