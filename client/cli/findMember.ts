/** The member that is meant by a handle, or by the beginning of the number behind it. */
import { ok, type Result } from '../../shared/base/result.ts'
import { plainNamesIn } from '../core/session/names.ts'
import type { CommitteeView, MemberView } from '../core/session/view.ts'
import { type Refusal, refused } from './command.ts'

export const findMember = (view: CommitteeView, typed: string): Result<MemberView, Refusal> => {
  const names = plainNamesIn(view)
  const wanted = typed.trim().toLowerCase()
  const named = view.members.filter(
    ({ seat, handle }) => names(seat).toLowerCase() === wanted || handle.toLowerCase() === wanted,
  )
  const found = named.length > 0 ? named : view.members.filter(({ seat }) => isNumber(seat, wanted))
  const [one] = found
  if (one && found.length === 1) return ok(one)
  const all = view.members.map(({ seat }) => names(seat)).join(', ')
  return one
    ? refused(
        'ambiguous',
        `Several members look like "${typed}": use the number behind the handle. There are: ${all}.`,
      )
    : refused('no_such_member', `There is no member "${typed}". There are: ${all}.`)
}

/** `#3fa2c1`, as it stands behind a handle. */
const isNumber = (seat: string, wanted: string): boolean =>
  wanted.startsWith('#') && wanted.length >= 5 && seat.startsWith(wanted.slice(1))
