/** What requests about the city and "check on me" have to look like. Not here: the others (asked.ts). */
import * as v from 'valibot'
import { ALARM_KINDS, idsOf, SEVERITIES } from '../../core/committee/alarmWords.ts'
import { MAX_CHECK_MINUTES } from '../../core/committee/checkContent.ts'
import { text, wholeNumber } from './askedRules.ts'
import type { CityRequests } from './cityPort.ts'
import { ringTable } from './ringTable.ts'

const id = v.pipe(v.string(), v.maxLength(64))
const committee = { committee: id }
const motion = { title: text, text, lang: id }
const share = {
  ...committee,
  alarm: id,
  demand: text,
  ask: text,
  workplace: v.exactOptional(text),
  table: ringTable,
}

export const CITY_ASKED: {
  readonly [N in keyof CityRequests]: v.GenericSchema<unknown, CityRequests[N]['asked']>
} = {
  cityJoin: v.object({
    ...committee,
    ...motion,
    assembly: id,
    code: text,
    sector: text,
    area: text,
    languages: v.pipe(v.array(id), v.maxLength(12)),
  }),
  cityLeave: v.object({ ...committee, ...motion }),
  cityAlert: v.object({ ...committee, text }),
  cityConfirm: v.object({ ...committee, letter: id }),
  cityOnIt: v.object({ ...committee, to: id, text }),
  citySeen: v.object({ ...committee, call: id }),
  takeDuty: v.object({ ...committee, term: wholeNumber(0xff_ff_ff_ff), isOn: v.boolean() }),
  duty: v.object({ ...committee, alarm: id }),
  sharePreview: v.object(share),
  sharePut: v.object({ ...share, ...motion }),
  startCheck: v.object({
    ...committee,
    minutes: wholeNumber(MAX_CHECK_MINUTES),
    note: v.exactOptional(text),
    kind: v.picklist(idsOf(ALARM_KINDS)),
    severity: v.picklist(idsOf(SEVERITIES)),
    facts: text,
  }),
  endCheck: v.object({ ...committee, check: id }),
}
