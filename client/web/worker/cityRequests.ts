/** What is asked about the city and "check on me". Not here: rules; every one of them is the core's. */

import { err, ok, type Result } from '../../../shared/base/result.ts'
import { toHex } from '../../../shared/base/text.ts'
import { randomBytes } from '../../../shared/crypto/sodium.ts'
import type { Alarm } from '../../core/committee/alarmLife.ts'
import type { Membership } from '../../core/committee/cityLife.ts'
import { membershipOf } from '../../core/committee/cityLife.ts'
import { decodeRing1, encodeRing1, ring1Of } from '../../core/committee/ring.ts'
import { joinMotion, leaveMotion } from '../../core/session/cityMotions.ts'
import { decide } from '../../core/session/deciding.ts'
import { type Preview, previewOf, shareMotion } from '../../core/session/sharing.ts'
import type { CityRequests, ShareAsked } from './cityPort.ts'
import type { House } from './keeping.ts'
import { ringWordsOf } from './ringTable.ts'
import type { Sitting } from './sitting.ts'

export type CityName = keyof CityRequests

export const CITY_REQUESTS: {
  readonly [N in CityName]: (
    sitting: Sitting,
    asked: CityRequests[N]['asked'],
    house: House,
  ) => Promise<CityRequests[N]['answer']>
} = {
  cityJoin: async (
    { session, glance },
    { assembly, title, text, lang, committee: _, ...card },
    { sittings },
  ) => {
    const group = sittings.get(assembly)?.session
    if (!group?.view().charter.isAssembly) return err('no_such_committee')
    const motion = joinMotion(session, group, { card, words: { title, text, lang } })
    return motion.ok ? decide(session, { do: 'start', content: motion.value }, glance().nowMs) : motion
  },
  cityLeave: async ({ session, glance }, { title, text, lang }) => {
    const motion = leaveMotion(session, { title, text, lang })
    return motion.ok ? decide(session, { do: 'start', content: motion.value }, glance().nowMs) : motion
  },
  cityAlert: async ({ session }, { text }) => {
    const sent = await session.alertCity(text)
    return sent.ok ? ok({ letter: sent.value }) : sent
  },
  cityConfirm: ({ session }, { letter }) => session.confirmAlert(letter),
  cityOnIt: ({ session }, { to, text }) => session.answerCity(to, text),
  citySeen: async (sitting, { call }) => {
    await sitting.markCall(call)
    return ok(undefined)
  },

  takeDuty: ({ session }, { term, isOn }) => session.offerDuty(term, isOn),
  duty: async (sitting, { alarm: id }) => {
    const found = alarmIn(sitting, id)
    if (!found.ok) return found
    const { alarm, card } = found.value
    const ring = decodeRing1(encodeRing1(ring1Of(alarm, card, toHex(randomBytes(16)))))
    if (!ring) throw new Error('a ring that is sent can be read')
    return ok(ring)
  },
  sharePreview: async (sitting, asked) => {
    const found = alarmIn(sitting, asked.alarm)
    return found.ok ? ok(previewIn(sitting, asked, found.value)) : found
  },
  sharePut: async (sitting, asked) => {
    const found = alarmIn(sitting, asked.alarm)
    if (!found.ok) return found
    const preview = previewIn(sitting, asked, found.value)
    if (preview.text !== asked.text) return err('other_text')
    const motion = shareMotion(preview, found.value.alarm, { title: asked.title, lang: asked.lang })
    if (!motion.ok) return motion
    return decide(sitting.session, { do: 'start', content: motion.value }, sitting.glance().nowMs)
  },

  startCheck: ({ session }, { minutes, note, kind, severity, facts }) =>
    session.startCheck({
      minutes,
      note,
      alarm: {
        type: 'alarm',
        kind,
        severity,
        facts,
        needs: ['call_me'],
        about: { who: 'me' },
        namesAllowed: { team: true, committee: true, city: false, supporters: false, public: false },
      },
    }),
  endCheck: ({ session }, { check }) => session.endCheck(check),
}

type About = { readonly alarm: Alarm; readonly card: Membership }

const alarmIn = ({ session }: Sitting, id: string): Result<About, 'no_city' | 'no_such_alarm'> => {
  const { committee } = session.view()
  const [alarm, card] = [committee.alarms.get(id), membershipOf(committee)]
  if (!alarm) return err('no_such_alarm')
  return card ? ok({ alarm, card }) : err('no_city')
}

const previewIn = ({ session }: Sitting, asked: ShareAsked, { alarm, card }: About): Preview => {
  const { demand, ask, workplace, table } = asked
  return previewOf(session.view(), alarm, {
    demand: demand.trim(),
    ask: ask.trim(),
    workplace: workplace?.trim() || undefined,
    card: { code: card.code, sector: card.sector, area: card.area },
    words: ringWordsOf(table),
  })
}
