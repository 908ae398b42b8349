/** How many days each thing stays (product.md R8; SPEC.md SH2 to SH4), to the millisecond. Not here: that forgetting changes nothing that is left (shelfLife.test.ts). */
import t from 'tap'
import { dayWritten } from '../../../../client/core/committee/calendar.ts'
import type { KnownContent } from '../../../../client/core/committee/content.ts'
import { type Around, pastTime } from '../../../../client/core/committee/shelfLife.ts'
import { defaultDecisions } from '../../../../client/core/governance/decisions.ts'
import { idOf, SEATS } from './arbitraries.ts'
import { DAY } from './life.ts'
import { newStory, put, type Story } from './motionStory.ts'

/** Erin is who goes away. */
const [ALICE = '', BOB = '', , , ERIN = ''] = SEATS
const LONG = { posts: 7, alarms: 30, plans: 30, meetings: 180 }
/** The least that an owner may keep. */
const SHORT = { posts: 1, alarms: 1, plans: 1, meetings: 1 }
const NEVER = 'never'
const AT_ONCE = 'at once'
/** Days after the last word about it. */
type Days = number | typeof NEVER | typeof AT_ONCE

/** Answers with the last word about it; and with what goes, where that is something else. */
type Tell = (story: Story) => string | readonly [lastWord: string, goes: string]
type Kept = readonly [what: string, long: Days, short: Days, tell: Tell, around?: Partial<Around>]

const ERIN_GONE = { here: new Set(SEATS.filter((seat) => seat !== ERIN)) }
const NOT_FOUNDED = { isFounded: false }
const VOTED_ON = { ...ERIN_GONE, isVoting: (seat: string) => seat === ERIN }

const alarm: KnownContent = {
  ...{
    type: 'alarm',
    kind: 'fired',
    severity: 'now',
    facts: 'what happened',
    needs: [],
    about: { who: 'me' },
  },
  namesAllowed: { team: true, committee: true, city: false, supporters: false, public: false },
}
type StateSaid = Extract<KnownContent, { type: 'alarmState' }>
type Stated = StateSaid extends infer S ? (S extends StateSaid ? Omit<S, 'type' | 'alarm'> : never) : never

const raised =
  (...states: readonly (readonly [seat: string, state: Stated])[]): Tell =>
  ({ say }) => {
    const id = say(ALICE, alarm)
    const words = states.map(([seat, state]) =>
      say(seat, { type: 'alarmState', alarm: id, ...state } as StateSaid),
    )
    return words.at(-1) ?? id
  }

const joined: Tell = ({ say }) => {
  const into = say(ALICE, alarm)
  const id = say(ALICE, alarm)
  const last = say(ALICE, { type: 'alarmState', alarm: id, to: 'joined', into })
  say(ALICE, { type: 'alarmState', alarm: into, to: 'settled', outcome: 'won' })
  return last
}

const says =
  (seat: string, ...all: readonly KnownContent[]): Tell =>
  ({ say }) =>
    all.map((content) => say(seat, content))[0] ?? ''

const motion =
  (more: Parameters<typeof put>[0] = {}, seat = ALICE): Tell =>
  ({ say }) =>
    say(seat, put(more))

const withdrawn: Tell = ({ say }) => say(ALICE, { type: 'motionWithdraw', motion: say(ALICE, put()) })

/** Voted on by all, with `choice`, and ended. */
const voted =
  (more: Parameters<typeof put>[0] = {}, choice: 'yes' | 'no' = 'yes'): Tell =>
  ({ voting, vote, end, all }) => {
    const id = voting(more)
    for (const seat of SEATS) vote(seat, id, choice)
    end(id)
    return all().at(-1)?.id ?? ''
  }

/** Of those that bind the group: the vote ends, and carries nothing by itself. */
const bound =
  (more: Parameters<typeof put>[0]): Tell =>
  ({ say, motion, second, fix, end, all }) => {
    const id = say(ALICE, put(more))
    second(BOB, id)
    fix(ALICE, id)
    const opening = { type: 'motionOpen' as const, motion: id, hash: motion(id).hash ?? '' }
    say(ALICE, { ...opening, mandate: 'a'.repeat(64) }, { decisions: defaultDecisions })
    end(id)
    if (motion(id).phase !== 'ended') throw new Error('still open')
    return all().at(-1)?.id ?? ''
  }

const reviewed: Tell = (story) => {
  voted({ kind: 'plan' })(story)
  const [motion = ''] = story.now().motions.keys()
  story.say(ALICE, { type: 'motionOutcome', motion, text: 'done' })
  return story.say(ALICE, { type: 'motionReview', motion, text: 'good' })
}

const worry: KnownContent = {
  ...{ type: 'concern', about: ERIN, facts: ['a fact'], guesses: [], hasAsked: true },
  checked: [{ way: 'seen', found: 'no' }],
}
const concern =
  (...then: readonly ('suspend' | 'end')[]): Tell =>
  ({ say }) => {
    const id = say(ALICE, worry)
    const words = then.flatMap((what) =>
      [ALICE, BOB].map((seat) =>
        say(
          seat,
          what === 'suspend'
            ? { type: 'suspend', concern: id, lifts: false }
            : { type: 'concernEnd', concern: id, to: 'settled' },
        ),
      ),
    )
    return words.at(-1) ?? id
  }

const point =
  (content: KnownContent, ...ending: readonly string[]): Tell =>
  ({ say }) => {
    const id = say(ALICE, content)
    const words = ending.map((seat) => say(seat, { type: 'unityEnd', point: id, to: 'dropped' }))
    return words.at(-1) ?? id
  }
const OWN: KnownContent = { type: 'unityPoint', source: 'own', text: 'our words' }
const STARTER: KnownContent = { type: 'unityPoint', source: 'starter', principle: 'autonomy' }

const droppedByVote: Tell = (story) => {
  const id = story.say(ALICE, STARTER)
  voted({ kind: 'unity', effect: { gives: 'unity', point: id, to: 'dropped' } })(story)
  return [story.all().at(-1)?.id ?? '', id]
}

/** Held and given back by one, then by another. */
const handedOn: Tell = ({ say }) => {
  const [first = ''] = [ALICE, BOB].map((seat) => {
    const term = say(seat, { type: 'roleTake', role: 'facilitator' })
    return say(seat, { type: 'roleHandover', term, note: 'keys', ends: true })
  })
  return first
}

/** Of the one who was delegate before, until when that is known. */
const followed: Tell = (story) => {
  for (const seat of [BOB, ERIN])
    voted({ kind: 'elect', effect: { gives: 'role', role: 'delegate', seat } })(story)
  const [first = ''] = story.now().motions.keys()
  return [story.all().at(-1)?.id ?? '', first]
}

const TODAY = 20_000
const meetingIn =
  (days: number): Tell =>
  ({ say }) => {
    const [at, heardAt] = [TODAY * DAY, TODAY * DAY]
    return say(ALICE, { type: 'meeting', on: dayWritten(TODAY + days), agenda: [] }, { at, heardAt })
  }

const profile = (skill: string): KnownContent => ({
  ...{ type: 'profile', languages: ['en'], skills: [skill], wants: [], away: false },
})
const named = (handle: string): KnownContent => ({ type: 'introduce', handle })
const check: KnownContent = {
  ...{ type: 'check', minutes: 60, opens: 'a'.repeat(64), needed: 1, epoch: 0, log: 0 },
  ...{ deposit: 'b'.repeat(64), tokens: [{ device: idOf(1), sealed: 'c'.repeat(160) }] },
}
const runs: KnownContent = { type: 'runs', release: 'd'.repeat(64), isLoaderChanged: false }
const ticket: KnownContent = { type: 'ticket', ticket: 'd'.repeat(64) }
const compared: KnownContent = { type: 'wordsCompared', with: [BOB], epoch: 3, same: true }

const SHELVES: readonly Kept[] = [
  ['a post', 7, 1, says(ALICE, { type: 'post', text: 'hello' })],
  ['an answer to nothing', 7, 7, says(ALICE, { type: 'alarmUpdate', alarm: idOf(99), text: 'x' })],
  ['a vote on nothing', 7, 7, says(ALICE, { type: 'motionSecond', motion: idOf(99) })],
  ['an open alarm', 180, 180, raised()],
  ['an alarm that was settled', 30, 1, raised([ALICE, { to: 'settled', outcome: 'won' }])],
  ['a false alarm', 30, 1, raised([ALICE, { to: 'false_alarm', note: 'a mistake' }])],
  ['an alarm that was called off', 180, 180, raised([ALICE, { to: 'cancelled' }])],
  ['the same, spoken to', 30, 1, raised([ALICE, { to: 'cancelled' }], [BOB, { to: 'spoken_to' }])],
  ['an alarm that goes on in another', 30, 1, joined],
  ['an open motion', NEVER, NEVER, motion()],
  ['an open motion of who is gone', 180, 180, motion({}, ERIN), ERIN_GONE],
  ['a motion that was withdrawn', 180, 60, withdrawn],
  ['a decision', NEVER, NEVER, voted()],
  ['what was voted down', 180, 60, voted({}, 'no')],
  ['a vote on our rules', NEVER, NEVER, bound({ kind: 'charter' })],
  ['a vote on putting somebody out', 180, 60, bound({ kind: 'remove', about: ERIN })],
  ['a plan', 180, 180, voted({ kind: 'plan' })],
  ['a plan that was looked back on', 30, 1, reviewed],
  ['a worry about a member', NEVER, NEVER, concern()],
  ['a worry about who is gone', 180, 60, concern(), ERIN_GONE],
  ['a worry about who is gone while they are voted on', NEVER, NEVER, concern(), VOTED_ON],
  ['a worry that was settled', 180, 60, concern('end')],
  ['a worry that suspended somebody', NEVER, NEVER, concern('suspend', 'end')],
  ['the same of who is gone', 180, 60, concern('suspend', 'end'), ERIN_GONE],
  ['what somebody says for themselves', 180, 60, says(ALICE, { type: 'statement', text: 'I did not' })],
  ['a point', NEVER, NEVER, point(OWN)],
  ['a point that all have dropped', 180, 60, point(OWN, ...SEATS)],
  ['a principle that all have dropped', NEVER, NEVER, point(STARTER, ...SEATS)],
  ['a principle that a vote has dropped', 180, 60, droppedByVote],
  ['a term that runs', NEVER, NEVER, says(ALICE, { type: 'roleTake', role: 'facilitator' })],
  ['a term that another has followed', 180, 60, handedOn],
  ['the vote for a delegate whom another one has followed', 180, 60, followed],
  ['a meeting', 180, 1, meetingIn(0)],
  ['a meeting in a month', 210, 31, meetingIn(30)],
  ['a meeting in ten years', 366 + 180, 367, meetingIn(3650)],
  ['a meeting before the founding', NEVER, NEVER, meetingIn(0), NOT_FOUNDED],
  ['the words that were compared', 180, 1, says(ALICE, compared)],
  ['who has met whom', NEVER, NEVER, says(ALICE, { type: 'met', seat: ERIN })],
  ['who had met whom, one of them gone', 7, 1, says(ALICE, { type: 'met', seat: ERIN }), ERIN_GONE],
  ['a name', NEVER, NEVER, says(ERIN, named('Erin'))],
  ['an earlier name', 7, 1, says(ERIN, named('Erin'), named('Rin'))],
  ['a name of who is gone', AT_ONCE, AT_ONCE, says(ERIN, named('Erin')), ERIN_GONE],
  ['about oneself', NEVER, NEVER, says(ERIN, profile('cook'))],
  ['about oneself, earlier', 7, 1, says(ERIN, profile('cook'), profile('bake'))],
  ['about oneself, who is gone', 7, 1, says(ERIN, profile('cook')), ERIN_GONE],
  ['which program somebody uses', 180, 180, says(ERIN, runs)],
  ['who may be rung by a ticket', NEVER, NEVER, says(ERIN, ticket)],
  ['a ticket of who is gone', AT_ONCE, AT_ONCE, says(ERIN, ticket), ERIN_GONE],
  ['which program who is gone used', AT_ONCE, AT_ONCE, says(ERIN, runs), ERIN_GONE],
  ['a check on somebody', 30, 1, says(ALICE, check)],
  ['a part of the city', NEVER, NEVER, says(ALICE, { type: 'citySeat', seat: BOB })],
  ['a parting of ways', 180, 1, says(ALICE, { type: 'partWays' })],
]

const FAR = 100_000

const base = { here: new Set(SEATS), isFounded: true, isVoting: () => false }

const inDays = (days: Days): string => (typeof days === 'number' ? `${days} days` : WORDS[days])
const WORDS = { [NEVER]: 'for good', [AT_ONCE]: 'no day' }

const isGoneAfter = (
  { tell, around }: { readonly tell: Tell; readonly around: Partial<Around> | undefined },
  shelf: Around['shelf'],
  waitMs: number,
): boolean => {
  const story = newStory()
  const [lastWord, goes = lastWord] = [tell(story)].flat()
  const last = story.all().find(({ id }) => id === lastWord)
  if (!last) throw new Error('nothing was said')
  const base = {
    shelf,
    nowMs: last.at + waitMs,
    here: new Set(SEATS),
    isFounded: true,
    isVoting: () => false,
  }
  return pastTime(story.all(), story.now(), { ...base, ...around }).has(goes ?? '')
}

for (const [what, long, short, tell, around] of SHELVES)
  t.test(
    `SH2 SH3 ${what} stays ${inDays(long)}, ${inDays(short)} on a phone that keeps the least`,
    async (t) => {
      for (const [days, shelf] of [
        [long, LONG],
        [short, SHORT],
      ] as const) {
        const isGone = (waitMs: number): boolean => isGoneAfter({ tell, around }, shelf, waitMs)
        if (days === AT_ONCE) t.ok(isGone(0))
        else if (days === NEVER) t.notOk(isGone(FAR * DAY))
        else t.strictSame([isGone(days * DAY), isGone(days * DAY + 1)], [false, true], `${days} days`)
      }
    },
  )

t.test(
  'SH4 the name of who is gone stays beside what names them, and goes with the last of it',
  async (t) => {
    const story = newStory()
    const name = story.say(ERIN, named('Erin'))
    const motion = story.say(ALICE, put({ text: `About ${ERIN}.` }))
    const end = story.say(ALICE, { type: 'motionWithdraw', motion })
    const lastAt = story.all().find(({ id }) => id === end)?.at ?? 0
    const goneAt = (nowMs: number) =>
      pastTime(story.all(), story.now(), { ...base, shelf: LONG, nowMs, ...ERIN_GONE })
    t.notOk(goneAt(lastAt + 180 * DAY).has(name))
    t.strictSame([...goneAt(lastAt + 180 * DAY + 1)].sort(), [name, motion, end].sort())
  },
)
