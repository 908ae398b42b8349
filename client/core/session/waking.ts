/** Whom an alarm wakes that does not look: everybody who hears the bell, and devices of this committee by the tickets that they gave (client/core/bell/bell.ts). Not here: what is loud on a phone that does look (ringing.ts). */
import type { KnownContent } from '../committee/content.ts'
import type { CommitteeView } from './view.ts'

/** What has time is found by the regular rounds. A practice rings too: so a ring proves no event (product.md 3.E). */
export const isWaking = (content: KnownContent): boolean =>
  content.type === 'alarm' && content.severity === 'now'

/** Of devices that are here, other than this one. */
export const ticketsOf = ({ committee, members, own }: CommitteeView): readonly string[] => {
  const here = new Set(members.flatMap(({ devices }) => devices.map(({ device }) => device)))
  return [...committee.tickets]
    .filter(([device]) => device !== own.device && here.has(device as never))
    .map(([, ticket]) => ticket)
}
