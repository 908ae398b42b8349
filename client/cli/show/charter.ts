/** The rules a committee gave itself, in words, and what a proposal would change about them. */

import { approvalsNeeded, type Charter, decodeCharter } from '../../core/governance/charter.ts'
import { rules } from './charterRules.ts'

export const charterLines = (charter: Charter, members: number): readonly string[] => [
  ...rules(charter).map(([name, value]) => `${`${name}:`.padEnd(28)}${value}`),
  '',
  `Now that means ${approvalsNeeded(charter.add, members, false)} of ${members} to admit somebody, and ${approvalsNeeded(charter.remove, members - 1, true)} of the others to put somebody out.`,
]

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
