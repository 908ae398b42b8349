/** "Take my seat out" (V4, LEAVE): another member's device carries it out. */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { signLeave } from '../governance/act.ts'
import { signatureKeyPair } from '../mls/group.ts'
import { type Halt, readAll } from './reading.ts'
import { state } from './sending.ts'
import { tell } from './telling.ts'
import type { Keeper } from './upkeep.ts'

export const leave = async (keeper: Keeper): Promise<Result<undefined, Halt | 'not_member'>> => {
  const { book } = keeper
  const { seat, device, status } = book.own()
  if (status !== 'member') return err('not_member')
  const read = await readAll(keeper)
  if (!read.ok) return read
  const { group, info } = book.newest()
  if (!group) return err('not_member')
  const request = signLeave(signatureKeyPair(group).secretKey, { anchor: info.anchor, seat, device })
  const said = await state(keeper, info.number, { type: 'leave', request })
  if (!said.ok) return err(said.error === 'overtaken' || said.error === 'full' ? 'refused' : said.error)
  tell(keeper, { type: 'ended', why: 'left' })
  await book.save()
  return ok(undefined)
}
