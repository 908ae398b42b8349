/** What was on a phone (product.md 3.J): each kind is counted, what was said after it was cut off is not, and each step follows from something. Pure. */
import t from 'tap'
import type { Committee } from '../../../../client/core/committee/committee.ts'
import { encodeContent, type KnownContent } from '../../../../client/core/committee/content.ts'
import {
  EXPOSED,
  EXPOSURE_STEPS,
  exposedIn,
  exposureSteps,
  type Lost,
} from '../../../../client/core/committee/exposure.ts'
import { encodeResults, resultsOf } from '../../../../client/core/committee/results.ts'
import type { DeviceId } from '../../../../client/core/governance/ids.ts'
import type { Book } from '../../../../client/core/session/book.ts'
import { doubtfulIn, exposedNow, reportIn } from '../../../../client/core/session/exposed.ts'
import { exposureOf, exposures } from '../../../../client/core/session/exposing.ts'
import type { CommitteeView } from '../../../../client/core/session/view.ts'
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

t.test('3.J every kind of thing that stands is counted, and roles that are over are not', async (t) => {
  const { say, now } = newLife()
  say(ALICE, { type: 'unityPoint', source: 'own', text: 'we rest' })
  say(ALICE, { type: 'meeting', on: '2026-01-06', agenda: [] })
  say(ALICE, { type: 'statement', text: 'I did not' })
  say(ALICE, { type: 'profile', languages: ['en'], skills: [], wants: [], away: false })
  const checked = [{ way: 'seen' as const, found: 'no' }]
  say(ALICE, { type: 'concern', about: BOB, facts: ['a fact'], guesses: [], checked, hasAsked: true })
  const term = say(ALICE, { type: 'roleTake', role: 'facilitator' })
  t.equal(exposedIn(now(), { until: undefined }).roles, 1)
  say(ALICE, { type: 'roleHandover', term, note: 'keys', ends: true })
  const all = { ...NONE, unity: 1, meetings: 1, statements: 1, profiles: 1, concerns: 1 }
  t.strictSame(exposedIn(now(), { until: undefined }), all)
  const { posts } = now()
  t.strictSame(posts, [])
  const shown = { ...now(), posts: [{ at: 1 }, { at: 1, file: {} }] } as unknown as Committee
  t.match(exposedIn(shown, { until: undefined }), { posts: 1, files: 1 }, 'a file is not a post')
})

const PHONE = 'd1'.repeat(16)
const OTHER = 'd2'.repeat(16)

/** Bob, whose phone was cut off, as far as a report asks for. */
const viewOf = (committee: Committee, bob: object): CommitteeView =>
  ({
    committee,
    handles: new Map([[ALICE, 'alice']]),
    members: [
      { seat: ALICE, devices: [{ device: 'a1', came: undefined }], cutOffs: [] },
      { seat: BOB, devices: [], cutOffs: [], ...bob },
    ],
  }) as unknown as CommitteeView

t.test('3.J what was known when it was cut off stays as it was, whatever is said later', async (t) => {
  const { say, now } = newLife()
  say(BOB, alarm('phone_taken'), { device: OTHER })
  say(BOB, post('is it?'), { device: PHONE })
  const then = { counted: { ...NONE, posts: 7, names: 3 }, reportedAt: undefined, doubtful: 0 }
  const cutOff = { device: PHONE, at: 10 * MINUTE, by: ALICE, exposed: then }
  const frozen = exposureOf(viewOf(now(), { cutOffs: [cutOff] }), PHONE as DeviceId)
  t.match(frozen, { isFrozen: true, counted: { posts: 7, names: 3 } })
  t.notOk(frozen?.steps.includes('doubt_words'), 'though words of it are there now')
  const reported = { ...cutOff, exposed: { ...then, reportedAt: 5, doubtful: 2 } }
  const other = exposureOf(viewOf(now(), { cutOffs: [reported] }), PHONE as DeviceId)
  t.equal(other?.reportedAt, 5, 'as it was reported then')
  t.ok(other?.steps.includes('doubt_words'))

  const unknown = { ...cutOff, exposed: undefined }
  say(ALICE, post('later'), { at: 11 * MINUTE })
  const guessed = exposureOf(viewOf(now(), { cutOffs: [unknown] }), PHONE as DeviceId)
  t.match(guessed, { isFrozen: false, reportedAt: MINUTE, counted: { posts: 1, open_alarms: 1, names: 1 } })
  t.ok(guessed?.steps.includes('doubt_words'), 'posted with it since the report')
})

t.test('3.J what to do follows from the phones and roles of whose it was', async (t) => {
  const { say, now } = newLife()
  say(BOB, alarm('phone_taken'))
  const steps = (bob: object) => exposureOf(viewOf(now(), bob), PHONE as DeviceId)?.steps ?? []
  const cutOffs = [{ device: PHONE, at: 10 * MINUTE, by: ALICE, exposed: undefined }]
  const other = (at: number) => ({ cutOffs, devices: [{ device: OTHER, came: { epoch: 1, at } }] })
  t.ok(steps({ cutOffs }).includes('meet_owner'))
  t.notOk(steps(other(0)).includes('meet_owner'), 'has another one')
  t.notOk(steps(other(0)).includes('look_at_new_phones'), 'which was there before the report')
  t.ok(steps(other(2 * MINUTE)).includes('look_at_new_phones'))
  const own = { devices: [{ device: PHONE, came: { epoch: 1, at: 2 * MINUTE } }] }
  t.ok(steps(own).includes('meet_owner'), 'the phone itself is no other one')
  t.notOk(steps(own).includes('look_at_new_phones'))
  say(ALICE, { type: 'roleTake', role: 'facilitator' })
  t.notOk(steps({ cutOffs }).includes('pass_on_roles'), 'of somebody else')
  say(BOB, { type: 'roleTake', role: 'note_taker' })
  t.ok(steps({ cutOffs }).includes('pass_on_roles'))
  const two = [...cutOffs, { device: OTHER, at: 20 * MINUTE, by: ALICE, exposed: undefined }]
  t.strictSame(
    exposures(viewOf(now(), { cutOffs: two })).map(({ device }) => device),
    [OTHER, PHONE],
    'the newest first',
  )
})

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
  const newest = newLife()
  newest.say(ALICE, alarm('phone_taken'))
  newest.say(ALICE, alarm('phone_taken'))
  t.equal(reportIn(newest.now(), ALICE), 2 * MINUTE, 'the newest report')
  say(ALICE, post('is it?'), { device: OLD })
  say(ALICE, post('it is'), { device: NEW })
  say(BOB, post('hm'))
  t.equal(doubtfulIn(now(), OLD, reportIn(now(), ALICE)), 1)
})

t.test(
  '3.J with the cut-off is kept what was told at the beginning, and what was reported until then',
  async (t) => {
    const before = newLife()
    before.say(ALICE, { type: 'unityPoint', source: 'own', text: 'we rest' })
    const begin = encodeResults(resultsOf(before.now(), { here: SEATS, isFounded: false }))
    const { say, all } = newLife()
    const then = (told: object | undefined) => {
      const sayings = all().map(({ electorate: _, content, ...said }) => ({
        ...said,
        content: encodeContent(content),
      }))
      const shelves = {
        sayings: { all: () => sayings },
        told: { get: () => told },
        handles: { keys: () => ['a'] },
      }
      return exposedNow(shelves as unknown as Book, { seat: BOB, device: PHONE })
    }
    t.match(then(undefined), { counted: { unity: 0, names: 1 }, reportedAt: undefined, doubtful: 0 })
    t.match(then({ begin }), { counted: { unity: 1 } }, 'a newcomer knows it from there')
    say(BOB, alarm('phone_taken'), { device: OTHER })
    say(BOB, post('is it?'), { device: PHONE })
    t.match(then({ begin }), { counted: { posts: 1 }, reportedAt: MINUTE, doubtful: 1 })
  },
)

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
