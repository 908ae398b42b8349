/** Texts for the city as each member's device judges them (product.md R5, R6, 3.E): what stands in the way, what is hidden when consent is taken back. Pure. */
import fc from 'fast-check'
import t from 'tap'
import { ringWords } from '../../../../client/cli/show/rings.ts'
import { partsOf, withoutParts } from '../../../../client/core/city/hiding.ts'
import type { AlarmContent } from '../../../../client/core/committee/alarmContent.ts'
import { ALARM_KINDS, idsOf, NEEDS, SEVERITIES } from '../../../../client/core/committee/alarmWords.ts'
import { apply, type Committee, emptyCommittee } from '../../../../client/core/committee/committee.ts'
import type { KnownContent } from '../../../../client/core/committee/content.ts'
import { type RingWords, ring2Text } from '../../../../client/core/committee/ring.ts'
import { leaksOut, partsTakenBack, statementGaps } from '../../../../client/core/committee/statement.ts'
import { previewOf, shareMotion } from '../../../../client/core/session/sharing.ts'
import { alarm as alarmAr } from '../../../../client/web/words/ar/alarm.ts'
import { share as shareAr } from '../../../../client/web/words/ar/share.ts'
import { alarm as alarmEn } from '../../../../client/web/words/en/alarm.ts'
import { share as shareEn } from '../../../../client/web/words/en/share.ts'
import { alarm as alarmEs } from '../../../../client/web/words/es/alarm.ts'
import { share as shareEs } from '../../../../client/web/words/es/share.ts'
import { ringWordsOf } from '../../../../client/web/worker/ringTable.ts'
import { idOf, SEATS } from './arbitraries.ts'

const [ALICE = '', BOB = '', CAROL = ''] = SEATS
const CARD = { code: 'Heron', sector: 'food', area: 'north' }
const HOUR = 3_600_000
const WORDS: Readonly<Record<string, RingWords>> = {
  cli: ringWords,
  en: ringWordsOf({ lang: 'en', ...alarmEn, ...shareEn.table }),
  es: ringWordsOf({ lang: 'es', ...alarmEs, ...shareEs.table }),
  ar: ringWordsOf({ lang: 'ar', ...alarmAr, ...shareAr.table }),
}

const ALARM: AlarmContent = {
  type: 'alarm',
  kind: 'fired',
  severity: 'now',
  facts: 'secret facts',
  needs: ['witness', 'come'],
  about: { who: 'me' },
  namesAllowed: { team: true, committee: true, city: false, supporters: false, public: false },
}
const consent = (name: boolean, workplace: boolean): KnownContent => ({
  type: 'alarmConsent',
  alarm: idOf(2),
  ring: 'city',
  name,
  workplace,
})
const checked: KnownContent = { type: 'alarmChecked', alarm: idOf(2), how: 'spoke' }

/** Ana was fired; two have spoken to her, and she allows what is said here. */
const told = (name: boolean, workplace: boolean): Committee =>
  [
    [ALICE, { type: 'introduce', handle: 'Ana' }] as const,
    [BOB, { type: 'introduce', handle: 'Bob' }] as const,
    [ALICE, ALARM] as const,
    [BOB, checked] as const,
    [CAROL, checked] as const,
    [ALICE, consent(name, workplace)] as const,
  ].reduce<{ committee: Committee; order: number }>(
    ({ committee, order }, [seat, content]) => ({
      committee: apply(committee, { id: idOf(order), seat, device: seat, order, at: 1000 * HOUR, content }),
      order: order + 1,
    }),
    { committee: emptyCommittee, order: 0 },
  ).committee

type Words = { readonly demand: string; readonly ask: string; readonly workplace?: string | undefined }
const put = (committee: Committee, words: Words) => {
  const alarm = committee.alarms.get(idOf(2))
  if (!alarm) throw new Error('no alarm')
  const own = { seat: CAROL, handle: 'Caro' } as Parameters<typeof previewOf>[0]['own']
  const draft = { workplace: undefined, ...words, card: CARD, words: ringWords }
  const preview = previewOf({ committee, handles: new Map(), own }, alarm, draft)
  const motion = shareMotion(preview, alarm, { title: 'Do we tell the city?', lang: 'en' })
  const content = motion.ok ? motion.value : undefined
  return content && { content, paragraphs: partsOf(content.text) }
}
const FULL: Words = { demand: 'Take Ana back', ask: 'Call the office', workplace: 'the hall' }

/** All that a client can put in front of a text by itself. */
const allFields = idsOf(ALARM_KINDS).flatMap((kind) =>
  idsOf(SEVERITIES).flatMap((severity) =>
    Array.from({ length: 24 }, (_, i) => ({ kind, severity, hour: 480_000 + i })),
  ),
)

t.test('3.E what a client writes by itself passes the scan, in every language at every hour', async (t) => {
  for (const [lang, words] of Object.entries(WORDS)) {
    const leaks = allFields.flatMap((some) => {
      const fields = { ...some, ...CARD, needs: idsOf(NEEDS), demand: 'Back', ask: 'Call' }
      return leaksOut(ring2Text(fields, words), ['Ana', 'Bob'])
    })
    t.strictSame(leaks, [], lang)
  }
  t.strictSame(leaksOut('around 14:30', []), [{ what: 'time', found: '14:30' }], 'but no minutes')
  t.equal(leaksOut('Fired.\n\nCome at 2 pm', []).length, 2, 'and no hour behind the first paragraph')
})

t.test('R5 R6 what its person has not allowed is not signed, whoever left it out', async (t) => {
  const all = told(true, true)
  const motion = put(all, FULL)
  if (!motion) throw new Error('something is in the way')
  t.match(motion.content.effect, { gives: 'statement', name: 'Ana', workplace: 'the hall' })
  t.strictSame(statementGaps(all, motion), [])
  const { effect: _, ...bare } = motion.content
  const changed = (effect: object, paragraphs = motion.paragraphs) => ({
    content: { ...bare, effect: { gives: 'statement', ...effect } as typeof motion.content.effect },
    paragraphs,
  })
  const undeclared = changed({ workplace: 'the hall' }) as typeof motion
  t.strictSame(statementGaps(all, undeclared), ['tells_too_much'], 'a name that it does not say it tells')
  const other = changed({ name: 'Bob' }, ['Bob stays']) as typeof motion
  t.strictSame(statementGaps(all, other), ['name_not_allowed', 'tells_too_much'], "another one's name")
  t.strictSame(statementGaps(told(false, true), motion), ['name_not_allowed', 'tells_too_much'])
  t.strictSame(statementGaps(told(true, false), motion), ['workplace_not_allowed'])
  const unchecked = {
    ...all,
    alarms: new Map([...all.alarms].map(([id, one]) => [id, { ...one, checkedBy: [] }])),
  }
  t.strictSame(statementGaps(unchecked, motion), ['not_checked_by_two'])
  t.strictSame(statementGaps({ ...all, alarms: new Map() }, motion).slice(0, 1), ['alarm_gone'])
  const plain = (text: string) => ({
    content: { ...bare, text, links: [], effect: { gives: 'statement' } as const },
    paragraphs: partsOf(text),
  })
  t.strictSame(statementGaps(all, plain('We thank you all.')), [])
  for (const text of ['Bob comes', 'At 14:30', 'Around 2 pm', 'We are 14 workers'])
    t.strictSame(statementGaps(all, plain(text)), ['tells_too_much'], text)
})

const word = fc.stringMatching(/^[a-z]{1,7}$/)
const sentence = fc
  .array(fc.oneof({ weight: 3, arbitrary: word }, fc.constantFrom('Ana', 'the hall', '\n\n')), {
    minLength: 1,
    maxLength: 12,
  })
  .map((all) => `We ${all.join(' ')}`.replace(/ ?\n\n ?/g, '\n\n').trim())

t.test(
  'R6 when consent is taken back, what it was given for stands nowhere, and all else stays',
  async (t) => {
    let seen = 0
    fc.assert(
      fc.property(sentence, sentence, fc.boolean(), fc.boolean(), (demand, ask, name, workplace) => {
        const motion = put(told(true, true), { demand, ask, workplace: 'the hall' })
        if (!motion) return true
        seen++
        const parts = partsTakenBack(told(name, workplace), motion)
        const gone = [...(name ? [] : [/\bana\b/i]), ...(workplace ? [] : [/\bthe hall\b/i])]
        const isHit = (text: string): boolean => gone.some((pattern) => pattern.test(text))
        const text = motion.content.text
        const left = parts.length > 0 ? withoutParts(text, parts) : text
        return !isHit(left) && partsOf(text).every((part, i) => parts.includes(i) === isHit(part))
      }),
      { numRuns: 200 },
    )
    t.ok(seen > 100)
    const motion = put(told(true, true), FULL)
    if (!motion) throw new Error('something is in the way')
    const amended = motion.paragraphs.map((one) => (one.includes('the hall') ? 'At our place' : one))
    const hidden = partsTakenBack(told(true, false), { ...motion, paragraphs: amended })
    t.strictSame(
      hidden.map((i) => amended[i]),
      ['At our place'],
      'in other words, too',
    )
  },
)
