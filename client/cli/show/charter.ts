/** The rules a committee gave itself, in words, and what a proposal would change about them. */

import { toOneLine } from '../../core/committee/plainText.ts'
import {
  approvalsNeeded,
  type Charter,
  decodeCharter,
  type Threshold,
} from '../../core/governance/charter.ts'
import { countOf } from './time.ts'

const THIRDS = { 1: 'a third', 2: 'two thirds', 3: 'all' } as const

const thresholdWords = ({ count, thirds }: Threshold): string =>
  `at least ${count}, and ${THIRDS[thirds]} of us`

/** Each rule under the name by which `charter propose` changes it. */
const rules = (charter: Charter): readonly (readonly [string, string])[] => [
  ['Name', toOneLine(charter.name)],
  ['Purpose', toOneLine(charter.purpose) || 'not written down'],
  ['To admit somebody', thresholdWords(charter.add)],
  ['To put somebody out', `${thresholdWords(charter.remove)}, without them`],
  ['To change these rules', thresholdWords(charter.change)],
  ['To move to another relay', thresholdWords(charter.relocate)],
  [
    'New members decide with us',
    charter.probation === 0 ? 'at once' : `after ${countOf(charter.probation, 'change')} of the committee`,
  ],
  ['Devices for each member', `at most ${charter.devices}`],
  ['Posts are kept', countOf(charter.keepDays, 'day')],
  [
    'An alarm must be seen by',
    charter.alarmSeen === 0 ? 'a third of us, at most 3' : countOf(charter.alarmSeen, 'member'),
  ],
  ['Relays', charter.relays.map((relay) => toOneLine(relay.address)).join(', ')],
]

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

export const charterJson = ({ relays, ...charter }: Charter): object => ({
  ...charter,
  name: toOneLine(charter.name),
  purpose: toOneLine(charter.purpose),
  relays: relays.map(({ address }) => address),
})
