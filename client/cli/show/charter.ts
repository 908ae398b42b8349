/** The rules a committee gave itself, in words, and what a proposal would change about them. */

import { approvalsNeeded, type Charter, decodeCharter } from '../../core/governance/charter.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { rules } from './charterRules.ts'
import { countOf } from './time.ts'

export const charterLines = ({
  charter,
  members,
  probationDays,
}: Pick<CommitteeView, 'charter' | 'members' | 'probationDays'>): readonly string[] => {
  const counting = members.filter(({ counts }) => counts).length
  return [
    ...rules(charter).map(([name, value]) => `${`${name}:`.padEnd(27)} ${value}`),
    '',
    `Now that means ${approvalsNeeded(charter.add, counting, false)} of ${counting} to admit somebody, and ${approvalsNeeded(charter.remove, counting - 1, true)} of the others to put somebody out.`,
    ...(charter.probation > 0
      ? [`As we are now, somebody new decides with us after about ${countOf(probationDays, 'day')}.`]
      : []),
  ]
}

/** `Name: old, then new` for each rule that differs. */
export const changeLines = (before: Charter, after: Uint8Array): readonly string[] => {
  const next = decodeCharter(after)
  if (!next) return ['to rules that this Tocsin cannot read']
  const old = rules(before)
  const changed = rules(next).flatMap(([name, value], i) =>
    old[i]?.[1] === value ? [] : [`${name}: ${old[i]?.[1]}, then ${value}`],
  )
  return changed.length > 0 ? changed : ['nothing that can be seen']
}
