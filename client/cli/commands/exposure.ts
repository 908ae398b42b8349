/** What was on a phone that is lost, and carrying less on one's own. */
import { ok } from '../../../shared/base/result.ts'
import type { DeviceId } from '../../core/governance/ids.ts'
import { exposureOf, exposures } from '../../core/session/exposing.ts'
import { MAX_KEEP_DAYS } from '../../core/session/keeping.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { type Command, type Outcome, refused } from '../command.ts'
import { withCommittee } from '../open.ts'
import { exposureJson, exposureLines } from '../show/exposure.ts'
import { findId } from '../show/shortIds.ts'
import { countOf } from '../show/time.ts'

export const exposure: Command = {
  usage: '[PHONE]',
  about: [
    'What somebody who holds a phone can read on it, what was never on it, and what to do now. Of every phone that',
    'was cut off, or of the one that you name, lost or not.',
  ],
  takes: 1,
  examples: ['exposure', 'exposure 3fa2'],
  run: (context, input) =>
    withCommittee(context, async ({ session }) => report(session.view(), input.positionals[0])),
}

const report = (view: CommitteeView, typed: string | undefined): Outcome => {
  if (typed !== undefined) return ofOne(view, typed)
  const all = exposures(view)
  const none = [
    'This phone knows of none that was cut off. To see what is on one: `npx tocsin exposure PHONE`.',
  ]
  const text = all.flatMap((one, i) => [...(i > 0 ? [''] : []), ...exposureLines(view, one, Date.now())])
  return ok({
    text: all.length > 0 ? text : none,
    json: { phones: all.map((one) => exposureJson(view, one)) },
  })
}

const ofOne = (view: CommitteeView, typed: string): Outcome => {
  const ids = view.members.flatMap(({ devices, cutOffs }) =>
    [...devices, ...cutOffs].map(({ device }) => device),
  )
  const found = findId(ids, typed)
  if (!found.ok && found.error !== 'none')
    return refused('ambiguous', `Several phones begin with "${typed}": type more of it.`)
  const one = found.ok ? exposureOf(view, found.value as DeviceId) : undefined
  if (!one) return refused('no_such_phone', `There is no phone "${typed}": see \`npx tocsin phones\`.`)
  return ok({ text: exposureLines(view, one, Date.now()), json: { phones: [exposureJson(view, one)] } })
}

export const keep: Command = {
  usage: '[DAYS|as-agreed]',
  about: [
    'For how long this phone keeps what was said. The committee has agreed on it; you may carry less, and what is',
    'older is gone at once. Decisions, roles and what we agree on stay.',
  ],
  takes: 1,
  examples: ['keep', 'keep 2', 'keep as-agreed'],
  run: (context, input) =>
    withCommittee(context, async ({ session }) => {
      const [typed] = input.positionals
      if (typed !== undefined) {
        const kept = await session.keepAtMost(typed === 'as-agreed' ? undefined : Number(typed))
        if (!kept.ok)
          return refused('out_of_bounds', `Type a number of days from 1 to ${MAX_KEEP_DAYS}, or as-agreed.`)
      }
      const { shelf } = session.view()
      return ok({ text: shelfLines(session.view()), json: { keeps: shelf } })
    }),
}

const shelfLines = ({ shelf }: CommitteeView): readonly string[] => [
  'This phone keeps',
  `  messages          ${countOf(shelf.posts, 'day')}`,
  `  alarms            ${countOf(shelf.alarms, 'day')} after they are over`,
  `  plans             ${countOf(shelf.plans, 'day')} after their review`,
  `  meetings          ${countOf(shelf.meetings, 'day')}`,
  `  votes, concerns   ${countOf(Math.max(60, shelf.meetings), 'day')} after they are over`,
  '  decisions, roles, points of unity   as long as they stand',
]
