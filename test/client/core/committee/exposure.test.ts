/** What was on a phone (product.md 3.J): each kind is counted, what was said after it was cut off is not, and each step follows from something. Pure. */
import t from 'tap'
import type { KnownContent } from '../../../../client/core/committee/content.ts'
import {
  EXPOSED,
  EXPOSURE_STEPS,
  exposedIn,
  exposureSteps,
  type Lost,
} from '../../../../client/core/committee/exposure.ts'
import { doubtfulIn, reportIn } from '../../../../client/core/session/exposed.ts'
import { idOf, SEATS } from './arbitraries.ts'
import { MINUTE, newLife } from './life.ts'
import { put } from './motionStory.ts'

const [ALICE = '', BOB = ''] = SEATS
const alarm = (kind: 'fired' | 'phone_taken'): KnownContent => ({
  ...{ type: 'alarm', kind, severity: 'now', facts: 'what happened', needs: [], about: { who: 'me' } },
  namesAllowed: { team: true, committee: true, city: false, supporters: false, public: false },
})
const post = (text: string): KnownContent => ({ type: 'post', text })
const NONE = Object.fromEntries(EXPOSED.filter((kind) => kind !== 'names').map((kind) => [kind, 0]))

t.test(
  '3.J everything that was said before it was cut off is counted, and nothing that came later',
  async (t) => {
    const { say, now } = newLife()
    say(ALICE, post('one'))
    say(BOB, post('two'))
    const open = say(ALICE, alarm('fired'))
    const closed = say(ALICE, alarm('fired'))
    say(ALICE, { type: 'alarmState', alarm: closed, to: 'false_alarm', note: 'a mistake' })
    say(ALICE, { type: 'alarmState', alarm: open, to: 'cancelled' })
    const wanted = say(BOB, put())
    say(BOB, put())
    say(BOB, { type: 'motionWithdraw', motion: wanted })
    say(BOB, { type: 'roleTake', role: 'facilitator' })
    const until = 10 * MINUTE
    const all = {
      ...NONE,
      posts: 2,
      open_alarms: 1,
      closed_alarms: 1,
      open_motions: 1,
      decisions: 1,
      roles: 1,
    }
    t.strictSame(exposedIn(now(), { until }), all, 'a cancelled alarm is not closed')
    say(ALICE, post('later'))
    say(ALICE, alarm('fired'))
    say(BOB, put())
    say(BOB, { type: 'roleTake', role: 'note_taker' })
    t.strictSame(exposedIn(now(), { until }), all)
    t.match(exposedIn(now(), { until: undefined }), { posts: 3, open_alarms: 2, open_motions: 2, roles: 2 })
  },
)

t.test('3.J words are doubted from the report of that member on, of that phone only', async (t) => {
  const { say, now } = newLife()
  const [OLD, NEW] = [idOf(1), idOf(2)]
  say(ALICE, post('before'), { device: OLD })
  t.equal(reportIn(now(), ALICE), undefined)
  t.equal(doubtfulIn(now(), OLD, undefined), 0)
  say(ALICE, alarm('phone_taken'), { device: NEW })
  say(BOB, alarm('phone_taken'))
  say(ALICE, alarm('fired'), { device: NEW })
  t.equal(reportIn(now(), ALICE), 2 * MINUTE)
  say(ALICE, post('is it?'), { device: OLD })
  say(ALICE, post('it is'), { device: NEW })
  say(BOB, post('hm'))
  t.equal(doubtfulIn(now(), OLD, reportIn(now(), ALICE)), 1)
})

t.test('3.J each step is there for a reason, in its order', async (t) => {
  const counted = { ...NONE, names: 3 } as Lost['counted']
  const nothing: Lost = { counted, doubtful: 0, newPhones: 0, roles: 0, hasOtherPhone: true }
  const always = ['compare_words', 'change_admission']
  const more = (lost: Partial<Lost>) =>
    exposureSteps({ ...nothing, ...lost }).filter((one) => !always.includes(one))
  const counting = (kind: string) => more({ counted: { ...counted, [kind]: 1 } })
  t.strictSame(exposureSteps(nothing), always)
  t.strictSame(more({ doubtful: 1 }), ['doubt_words'])
  t.strictSame(more({ newPhones: 1 }), ['look_at_new_phones'])
  t.strictSame(more({ roles: 1 }), ['pass_on_roles'])
  t.strictSame(more({ hasOtherPhone: false }), ['meet_owner'])
  t.strictSame(counting('open_alarms'), ['tell_alarms'])
  t.strictSame(counting('closed_alarms'), [])
  t.strictSame(counting('meetings'), ['change_places'])
  t.strictSame(counting('open_motions'), ['watch_motions'])
  t.strictSame(counting('files'), ['fetchable_files'])
  const worst = { counted: { ...counted, open_alarms: 1, meetings: 1, open_motions: 1, files: 1 } }
  const all = exposureSteps({ ...worst, doubtful: 1, newPhones: 1, roles: 1, hasOtherPhone: false })
  t.strictSame(all, EXPOSURE_STEPS)
})
