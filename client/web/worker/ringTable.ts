/** The words of one language for what leaves the committee, as a page hands them over: plain text with gaps in it. Which fields there are is the core's (committee/ring.ts). */
import * as v from 'valibot'
import { ALARM_KINDS, idsOf, NEEDS, SEVERITIES } from '../../core/committee/alarmWords.ts'
import type { RingWords } from '../../core/committee/ring.ts'

const word = v.pipe(v.string(), v.maxLength(200))
const tableOf = <const T extends string>(ids: readonly T[]) =>
  v.object(Object.fromEntries(ids.map((id) => [id, word])) as Record<T, typeof word>)

export const ringTable = v.object({
  lang: v.pipe(v.string(), v.regex(/^[a-z]{2,3}$/)),
  kinds: tableOf(idsOf(ALARM_KINDS)),
  severities: tableOf(idsOf(SEVERITIES)),
  needs: tableOf(idsOf(NEEDS)),
  /** With {severity} {kind} {code} {sector} {area} {hour}. */
  first: word,
  /** Each with {it}. */
  workplace: word,
  name: word,
  needed: word,
  checked: word,
})
export type RingTable = v.InferOutput<typeof ringTable>

const HOUR_MS = 3_600_000

const filled = (form: string, gaps: Readonly<Record<string, string>>): string =>
  form.replace(/\{(\w+)\}/g, (gap, name: string) => gaps[name] ?? gap)

export const ringWordsOf = ({ lang, kinds, severities, needs, ...forms }: RingTable): RingWords => {
  const moment = new Intl.DateTimeFormat(lang, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: 'numeric',
    timeZone: 'UTC',
    timeZoneName: 'short',
  })
  return {
    first: ({ kind, severity, hour, ...card }) =>
      filled(forms.first, {
        ...card,
        kind: kinds[kind],
        severity: severities[severity],
        hour: moment.format(hour * HOUR_MS),
      }),
    workplace: (it) => filled(forms.workplace, { it }),
    name: (it) => filled(forms.name, { it }),
    needs: (all) =>
      filled(forms.needed, { it: new Intl.ListFormat(lang).format(all.map((one) => needs[one])) }),
    checked: forms.checked,
  }
}
