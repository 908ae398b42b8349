/** The life of a motion, state by state and by its side exits (product.md 3.C, protocol.md D8). */
import t from 'tap'
import { isOpen } from '../../../../client/core/committee/motionLife.ts'
import { textOf } from '../../../../client/core/committee/motionText.ts'
import { repliesTo } from '../../../../client/core/committee/views.ts'
import { idOf, SEATS } from './arbitraries.ts'
import { newStory, put, whyNot } from './motionStory.ts'

const [ALICE = '', BOB = '', CAROL = '', DORA = '', EMIL = ''] = SEATS
const THREE = SEATS.slice(0, 3)

t.test(
  '3.C a motion is discussed when somebody else seconds it; where there are two, nobody has to',
  async (t) => {
    const { say, second, motion, now } = newStory()
    const id = say(ALICE, put())
    t.equal(motion(id).phase, 'draft')
    second(ALICE, id)
    t.strictSame([motion(id).phase, whyNot(motion(id))], ['draft', 'own_motion'])
    second(BOB, id)
    second(CAROL, id)
    t.strictSame([motion(id).phase, motion(id).seconders], ['discussion', [BOB, CAROL]])
    const word = say(DORA, { type: 'post', text: 'Why Tuesdays?', replyTo: id })
    t.strictSame(
      repliesTo(now(), id).map((one) => one.id),
      [word],
    )

    const two = newStory([ALICE, BOB])
    t.equal(two.motion(two.say(ALICE, put())).phase, 'discussion')
  },
)

t.test('3.C a member has at most three motions open', async (t) => {
  const { say, now, motion } = newStory()
  const ids = [1, 2, 3, 4].map(() => say(ALICE, put()))
  t.equal(now().motions.size, 3)
  t.notOk(now().motions.has(ids[3] ?? ''))
  say(ALICE, { type: 'motionWithdraw', motion: ids[0] ?? '' })
  t.notOk(isOpen(motion(ids[0] ?? '')))
  const [mine, theirs] = [say(ALICE, put()), say(BOB, put())]
  t.ok(now().motions.has(mine))
  t.ok(now().motions.has(theirs), 'the others have three of their own')
})

t.test('3.C what nobody seconds lapses by two others, and never by one', async (t) => {
  const { say, motion } = newStory()
  const id = say(ALICE, put())
  const lapse = (seat: string, more = {}) => say(seat, { type: 'motionLapse', motion: id }, more)
  lapse(ALICE)
  t.equal(whyNot(motion(id)), 'own_motion')
  lapse(BOB)
  lapse(BOB)
  lapse(CAROL, { electorate: [ALICE, BOB] })
  t.strictSame([motion(id).phase, whyNot(motion(id))], ['draft', 'not_in_electorate'])
  lapse(DORA)
  t.equal(motion(id).phase, 'lapsed')

  const later = newStory()
  const talked = later.say(ALICE, put())
  later.second(BOB, talked)
  for (const seat of [BOB, CAROL]) later.say(seat, { type: 'motionLapse', motion: talked })
  t.equal(later.motion(talked).phase, 'discussion', 'what is discussed needs more than half')
  later.say(DORA, { type: 'motionLapse', motion: talked })
  t.equal(later.motion(talked).phase, 'lapsed')
})

t.test('3.C the proposer withdraws until voting opens, and nobody does it for them', async (t) => {
  const { say, voting, motion, fix, second } = newStory()
  const id = say(ALICE, put())
  second(BOB, id)
  say(BOB, { type: 'motionWithdraw', motion: id })
  t.strictSame([motion(id).phase, whyNot(motion(id))], ['discussion', 'not_yours'])
  fix(ALICE, id)
  say(ALICE, { type: 'motionWithdraw', motion: id })
  t.equal(motion(id).phase, 'withdrawn')

  const open = voting()
  say(ALICE, { type: 'motionWithdraw', motion: open })
  t.strictSame([motion(open).phase, whyNot(motion(open))], ['voting', 'not_now'])
})

t.test('3.C an amendment changes one paragraph: by the proposer, or by a vote of the others', async (t) => {
  const { say, second, motion, fix } = newStory()
  const id = say(ALICE, put())
  second(BOB, id)
  const amend = (seat: string, paragraph: number, text?: string) =>
    say(seat, { type: 'motionAmend', motion: id, paragraph, ...(text ? { text } : {}) })
  const side = (
    seat: string,
    amendment: string,
    to: 'accepted' | 'rejected' | 'put_to_vote' | 'for' | 'against' | 'withdrawn',
  ) => say(seat, { type: 'motionAmendment', motion: id, amendment, to })
  const status = (amendment: string) => motion(id).amendments.get(amendment)?.status

  const taken = amend(BOB, 0, 'We meet on Mondays.')
  side(CAROL, taken, 'accepted')
  t.strictSame([status(taken), whyNot(motion(id))], ['offered', 'not_yours'])
  side(ALICE, taken, 'accepted')
  t.strictSame(motion(id).paragraphs, ['We meet on Mondays.', 'At the bus station.'])
  amend(BOB, 2, 'There is no such paragraph.')
  t.equal(whyNot(motion(id)), 'no_such_part')

  const voted = amend(CAROL, 1, 'At the library.')
  side(ALICE, voted, 'rejected')
  side(DORA, voted, 'for')
  t.equal(whyNot(motion(id)), 'not_now', 'nobody has put it to the vote')
  side(CAROL, voted, 'put_to_vote')
  for (const seat of [CAROL, DORA]) side(seat, voted, 'for')
  side(ALICE, voted, 'against')
  const lost = amend(DORA, 0)
  side(DORA, lost, 'put_to_vote')
  side(DORA, lost, 'for')
  const gone = amend(EMIL, 0, 'Never.')
  side(EMIL, gone, 'withdrawn')
  fix(ALICE, id)
  t.strictSame([status(voted), status(lost), status(gone)], ['voted_in', 'voted_out', 'withdrawn'])
  t.equal(textOf(motion(id).paragraphs), 'We meet on Mondays.\n\nAt the library.')
  amend(BOB, 0, 'Too late.')
  t.equal(whyNot(motion(id)), 'not_now', 'the text is fixed')
})

t.test('3.C a member on probation speaks about an amendment and is not counted', async (t) => {
  const { say, second, motion, fix } = newStory(SEATS.slice(0, 4))
  const id = say(ALICE, put())
  second(BOB, id)
  const amendment = say(EMIL, { type: 'motionAmend', motion: id, paragraph: 0, text: 'Never.' })
  for (const to of ['put_to_vote', 'for'] as const)
    say(EMIL, { type: 'motionAmendment', motion: id, amendment, to })
  say(BOB, { type: 'motionAmendment', motion: id, amendment, to: 'for' })
  fix(ALICE, id)

  t.equal(motion(id).amendments.get(amendment)?.status, 'voted_out')
})

t.test(
  '3.C the text is fixed under its hash by the proposer or two others, and only as they see it',
  async (t) => {
    const { say, second, motion, fix } = newStory()
    const id = say(ALICE, put())
    second(BOB, id)
    say(ALICE, { type: 'motionFix', motion: id, hash: 'a'.repeat(64) })
    t.strictSame([motion(id).phase, whyNot(motion(id))], ['discussion', 'other_text'])
    fix(BOB, id)
    t.equal(motion(id).phase, 'discussion', 'one other member is not enough')
    say(ALICE, { type: 'motionAmend', motion: id, paragraph: 0, text: 'We meet on Fridays.' })
    fix(CAROL, id)
    t.equal(motion(id).phase, 'discussion', 'they saw different texts')
    fix(BOB, id)
    t.equal(motion(id).phase, 'fixed')
    t.match(motion(id).hash, /^[0-9a-f]{64}$/)

    const again = newStory()
    again.say(BOB, { type: 'post', text: 'before' })
    const same = again.say(ALICE, put())
    again.second(BOB, same)
    again.fix(ALICE, same)
    t.not(again.motion(same).hash, motion(id).hash)
  },
)

t.test('R7 voting does not open until everybody who votes can read it, or waives', async (t) => {
  const { say, second, motion, fix, open } = newStory()
  const speaks = (seat: string, ...languages: string[]) =>
    say(seat, { type: 'profile', languages, skills: [], wants: [], away: false })
  speaks(ALICE, 'es')
  speaks(BOB, 'ar', 'fr')
  speaks(CAROL, 'hi')
  speaks(DORA, 'en', 'es-MX')
  const id = say(ALICE, put({ lang: 'es' }))
  second(BOB, id)
  fix(ALICE, id)
  const hash = motion(id).hash ?? ''
  const translate = (seat: string, lang: string, text = 'x', more = {}) =>
    say(seat, { type: 'motionTranslate', motion: id, hash, lang, title: 'x', text, ...more })
  open(ALICE, id)
  t.strictSame([motion(id).phase, whyNot(motion(id))], ['fixed', 'untranslated'])
  translate(EMIL, 'fr', 'x', { hash: 'b'.repeat(64) })
  t.equal(whyNot(motion(id)), 'other_text')
  translate(EMIL, 'fr', 'un')
  translate(BOB, 'fr', 'deux')
  say(BOB, { type: 'motionChecked', motion: id, lang: 'fr' })
  t.equal(whyNot(motion(id)), 'same_member')
  say(EMIL, { type: 'motionChecked', motion: id, lang: 'fr' })
  translate(DORA, 'fr', 'swapped')
  t.strictSame(
    [motion(id).translations.get('fr')?.text, whyNot(motion(id))],
    ['deux', 'not_now'],
    'what was checked stays',
  )
  open(ALICE, id)
  t.equal(motion(id).phase, 'fixed', 'one still cannot read it')
  say(CAROL, { type: 'motionWaive', motion: id, hash })
  open(ALICE, id)
  t.equal(motion(id).phase, 'voting')
  translate(DORA, 'fr', 'swapped')
  t.equal(motion(id).translations.get('fr')?.text, 'deux')
})

t.test('3.C everyone votes, changes it until the close, and the last word of each seat counts', async (t) => {
  const { voting, vote, end, motion, say } = newStory()
  const id = voting()
  vote(ALICE, id, 'no')
  vote(ALICE, id, 'yes', { device: 'phone' })
  vote(ALICE, id, 'yes', { device: 'laptop' })
  vote(BOB, id, 'yes')
  vote(CAROL, id, 'unsure')
  const { phase, vote: over } = end(id)

  t.equal(phase, 'carried')
  t.strictSame(over?.result?.counts, { yes: 2, no: 0, unsure: 1, block: 0 })
  say(DORA, { type: 'motionOutcome', motion: id, text: 'We met.', doneBy: ALICE, reviewOn: '2027-01-31' })
  t.strictSame([motion(id).phase, motion(id).reviewOn], ['done', '2027-01-31'])
  say(BOB, { type: 'motionReview', motion: id, text: 'Tuesdays are good.' })
  t.equal(motion(id).phase, 'reviewed')
})

t.test('3.C a vote that came too late is refused where everybody sees it', async (t) => {
  const { voting, vote, close, confirm, motion } = newStory()
  const id = voting()
  for (const seat of [ALICE, BOB, CAROL]) vote(seat, id, 'yes')
  const closing = close(ALICE, id)
  const changed = vote(CAROL, id, 'no')
  confirm(BOB, id, closing)
  const late = vote(DORA, id, 'no')

  t.equal(motion(id).phase, 'carried')
  t.strictSame(
    motion(id).refused.map(({ id: which, seat, why }) => [which, seat, why]),
    [
      [changed, CAROL, 'late'],
      [late, DORA, 'late'],
    ],
  )
  t.notOk(motion(id).vote?.ballots.some((ballot) => ballot.id === changed))
  t.strictSame(motion(id).vote?.result?.counts.yes, 3)
})

t.test('3.C ballots that nobody may cast are refused, each with its reason', async (t) => {
  const { voting, vote, motion, say } = newStory(SEATS.slice(0, 4))
  const id = voting({ kind: 'guest' })
  const why = (seat: string, choice: 'yes' | 'block') => {
    vote(seat, id, choice)
    return whyNot(motion(id))
  }
  t.equal(why(EMIL, 'yes'), 'not_in_electorate', 'R3 whoever came later, or is on probation')
  t.equal(why(ALICE, 'block'), 'no_block', 'where the table allows none')
  say(ALICE, { type: 'motionVote', motion: id, hash: 'c'.repeat(64), choice: 'yes' })
  t.equal(whyNot(motion(id)), 'other_text')
  t.equal(motion(id).vote?.ballots.length, 0)
  const draft = say(ALICE, put())
  vote(ALICE, draft, 'yes')
  t.equal(whyNot(motion(draft)), 'not_now')
})

t.test('D8 one member cannot end a vote, not with three devices, nor with other counts', async (t) => {
  const { voting, vote, close, confirm, motion, say } = newStory()
  const id = voting()
  for (const seat of [ALICE, BOB, CAROL]) vote(seat, id, 'yes')
  const closing = close(ALICE, id)
  confirm(ALICE, id, closing, { device: 'another phone' })
  t.strictSame([motion(id).phase, whyNot(motion(id))], ['voting', 'same_member'])
  const counts = { yes: 2, no: 0, unsure: 0, block: 0 }
  say(BOB, { type: 'motionConfirm', motion: id, close: closing, counts })
  t.strictSame([motion(id).phase, whyNot(motion(id))], ['voting', 'counted_otherwise'])
  confirm(BOB, id, closing, { electorate: [ALICE, CAROL, DORA, EMIL] })
  t.strictSame([motion(id).phase, whyNot(motion(id))], ['voting', 'not_in_electorate'])
  confirm(BOB, id, idOf(999))
  t.equal(whyNot(motion(id)), 'no_such_part')
  confirm(BOB, id, closing)
  t.equal(motion(id).phase, 'carried')
})

t.test('D8 an early close takes nobody their vote: who votes behind it makes it void', async (t) => {
  const { voting, vote, close, confirm, motion, end } = newStory()
  const id = voting()
  vote(EMIL, id, 'no')
  const early = close(EMIL, id)
  for (const seat of [ALICE, BOB, CAROL]) vote(seat, id, 'yes')
  confirm(DORA, id, early)
  t.strictSame([motion(id).phase, whyNot(motion(id))], ['voting', 'not_now'])
  t.equal(end(id, EMIL, DORA).phase, 'carried')
})

t.test('3.C with too few votes it goes on once, and then it is over', async (t) => {
  const { voting, vote, end, motion } = newStory()
  const id = voting()
  vote(ALICE, id, 'yes')
  t.equal(end(id).phase, 'voting')
  t.ok(motion(id).vote?.extendedAt)
  vote(BOB, id, 'yes')
  t.equal(end(id).phase, 'no_quorum')
  t.equal(motion(id).vote?.result?.quorumMet, false)

  const other = voting()
  vote(ALICE, other, 'yes')
  end(other)
  for (const seat of [BOB, CAROL]) vote(seat, other, 'yes')
  t.equal(end(other).phase, 'carried', 'the votes of before count')
})

t.test(
  '3.C a block brings it back to discussion once, with its reason; then three quarters carry it',
  async (t) => {
    const { voting, vote, end, motion, fix, open } = newStory()
    const id = voting()
    const hash = motion(id).hash
    for (const seat of [ALICE, BOB, CAROL, DORA]) vote(seat, id, 'yes')
    vote(EMIL, id, 'block')
    t.equal(end(id).phase, 'discussion')
    t.strictSame(
      motion(id).returned?.blocks.map(({ seat, reason }) => [seat, reason]),
      [[EMIL, 'no']],
    )
    t.strictSame([motion(id).hash, motion(id).vote], [undefined, undefined])
    fix(ALICE, id)
    t.equal(motion(id).hash, hash, 'the same words have the same name')
    open(ALICE, id)
    for (const seat of [ALICE, BOB, CAROL, DORA]) vote(seat, id, 'yes')
    vote(EMIL, id, 'block')
    t.equal(end(id).phase, 'carried')
  },
)

t.test(
  '3.C a third has a vote that did not carry opened again, and then one more must agree that it is over',
  async (t) => {
    const { voting, vote, end, motion, say, close, confirm } = newStory()
    const recount = (seat: string, id: string) => say(seat, { type: 'motionRecount', motion: id })
    const id = voting()
    for (const seat of [DORA, EMIL]) vote(seat, id, 'no')
    vote(ALICE, id, 'yes')
    t.equal(end(id, DORA, EMIL).phase, 'not_carried', 'two who are in a hurry')
    recount(BOB, id)
    recount(BOB, id)
    t.equal(motion(id).phase, 'not_carried')
    recount(CAROL, id)
    t.equal(motion(id).phase, 'voting')
    t.equal(end(id, DORA, EMIL).phase, 'voting', 'the same two end it no more')
    for (const seat of [BOB, CAROL]) vote(seat, id, 'yes')
    const closing = close(ALICE, id)
    confirm(BOB, id, closing)
    t.equal(motion(id).phase, 'voting')
    confirm(CAROL, id, closing)
    t.equal(motion(id).phase, 'carried')
    for (const seat of [DORA, EMIL, BOB]) recount(seat, id)
    t.equal(motion(id).phase, 'carried', 'what is carried stays carried')
    t.strictSame(motion(id).vote?.recountAskedBy, [DORA, EMIL, BOB], 'and everybody sees who doubts it')

    const small = newStory(THREE)
    const other = small.voting()
    for (const seat of THREE) small.vote(seat, other, 'no')
    small.end(other)
    for (const seat of THREE) small.say(seat, { type: 'motionRecount', motion: other })
    t.strictSame(
      [small.motion(other).phase, whyNot(small.motion(other))],
      ['not_carried', 'not_now'],
      'where two are more than half',
    )
  },
)

t.test(
  'R3 who comes later does not vote, who goes later stays counted, and what stood in the log stays',
  async (t) => {
    const { voting, vote, close, confirm, motion, open, say, second, fix } = newStory(SEATS.slice(0, 4))
    const id = voting()
    vote(DORA, id, 'no')
    vote(ALICE, id, 'yes')
    vote(BOB, id, 'yes')
    const later = { electorate: [ALICE, BOB, CAROL, EMIL] }
    vote(EMIL, id, 'no', later)
    t.equal(whyNot(motion(id)), 'not_in_electorate')
    confirm(EMIL, id, close(ALICE, id, later), later)
    t.strictSame(motion(id).vote?.result?.counts, { yes: 2, no: 1, unsure: 0, block: 0 })
    t.strictSame(motion(id).vote?.electorate, SEATS.slice(0, 4))

    const fresh = say(ALICE, put(), later)
    second(BOB, fresh)
    fix(ALICE, fresh, later)
    open(DORA, fresh, later)
    t.equal(whyNot(motion(fresh)), 'not_in_electorate', 'nor is anything opened by who does not count')
  },
)

t.test(
  '3.C an election gives the role in the moment it is carried, and a recall takes it when a third has asked',
  async (t) => {
    const { voting, vote, end, motion, now, say, second, fix, open } = newStory()
    const id = voting({ kind: 'elect', effect: { gives: 'role', role: 'delegate', seat: CAROL } })
    for (const seat of [ALICE, BOB, CAROL]) vote(seat, id, 'yes')
    t.equal(now().terms.size, 0)
    end(id)
    const [term] = [...now().terms.values()]
    t.match(term, { role: 'delegate', seat: CAROL })

    const recall = say(
      ALICE,
      put({ kind: 'recall', effect: { gives: 'recall', term: term?.id ?? '', seat: CAROL } }),
    )
    second(BOB, recall)
    fix(ALICE, recall)
    open(ALICE, recall)
    t.equal(whyNot(motion(recall)), 'not_asked')
    for (const seat of [ALICE, BOB]) say(seat, { type: 'recallAsk', term: term?.id ?? '', asks: true })
    open(ALICE, recall)
    t.strictSame(
      motion(recall).vote?.electorate,
      SEATS.filter((seat) => seat !== CAROL),
      'without the person concerned',
    )
    vote(CAROL, recall, 'no')
    t.equal(whyNot(motion(recall)), 'not_in_electorate')
    for (const seat of [ALICE, BOB]) vote(seat, recall, 'yes')
    end(recall)
    t.equal(now().terms.get(term?.id ?? '')?.ended?.how, 'recalled')

    const beginner = newStory(SEATS.slice(0, 4))
    const none = beginner.voting({ kind: 'elect', effect: { gives: 'role', role: 'minder', seat: EMIL } })
    t.equal(whyNot(beginner.motion(none)), 'may_not_be_elected')
  },
)

const AMONG = { gives: 'election', role: 'delegate', candidates: [ALICE, BOB, CAROL] } as const
const electing = (story: ReturnType<typeof newStory>, more: object = {}) =>
  story.voting({ kind: 'elect', title: 'Who speaks for us', effect: { ...AMONG, ...more } })

t.test('product.md 6 of several, whoever has more than half of the votes is elected, at once', (t) => {
  const story = newStory()
  const id = electing(story)
  for (const seat of [ALICE, BOB, DORA]) story.voteFor(seat, id, BOB)
  story.voteFor(CAROL, id, CAROL)
  story.vote(EMIL, id, 'unsure')
  const { phase, vote } = story.end(id)
  t.equal(phase, 'carried')
  t.match(vote?.result, { elected: BOB, counts: { yes: 4, no: 0, unsure: 1 } })
  t.strictSame(vote?.result?.counts.each, [
    { seat: ALICE, votes: 0 },
    { seat: BOB, votes: 3 },
    { seat: CAROL, votes: 1 },
  ])
  const [term] = [...story.now().terms.values()]
  t.match(term, { role: 'delegate', seat: BOB })
  t.end()
})

t.test('product.md 6 where nobody has more than half there is a run-off between the first two', (t) => {
  const story = newStory()
  const id = electing(story)
  const first = [
    [ALICE, ALICE],
    [EMIL, ALICE],
    [BOB, BOB],
    [DORA, BOB],
    [CAROL, CAROL],
  ] as const
  for (const [seat, whom] of first) story.voteFor(seat, id, whom)
  const before = story.motion(id).hash ?? ''
  story.end(id)
  t.match(story.motion(id), { phase: 'voting', vote: { candidates: [ALICE, BOB], ballots: [] } })
  t.equal(story.now().terms.size, 0)
  story.say(CAROL, { type: 'motionVote', motion: id, hash: before, choice: 'for', candidate: BOB })
  t.equal(whyNot(story.motion(id)), 'late', 'a vote of before the run-off is none in it')
  story.voteFor(CAROL, id, CAROL)
  t.equal(whyNot(story.motion(id)), 'no_candidate')
  story.vote(CAROL, id, 'yes')
  t.equal(whyNot(story.motion(id)), 'no_candidate', 'yes to whom?')
  for (const seat of [ALICE, EMIL]) story.voteFor(seat, id, ALICE)
  for (const seat of [BOB, DORA, CAROL]) story.voteFor(seat, id, BOB)
  t.match(story.end(id), { phase: 'carried', vote: { result: { elected: BOB } } })
  t.strictSame(
    [...story.now().terms.values()].map(({ seat }) => seat),
    [BOB],
  )
  t.end()
})

t.test('product.md 6 nobody is elected whom not more than half want, and nobody by one vote', (t) => {
  const tied = newStory()
  const id = electing(tied)
  for (const seat of [ALICE, BOB, CAROL]) tied.voteFor(seat, id, seat)
  t.equal(tied.end(id).phase, 'not_carried', 'a run-off between all of them again would be none')
  const none = newStory()
  const other = electing(none)
  none.voteFor(ALICE, other, ALICE)
  none.voteFor(BOB, other, ALICE)
  for (const seat of [CAROL, DORA, EMIL]) none.vote(seat, other, 'no')
  t.equal(none.end(other).phase, 'not_carried', 'more are for none of them')
  t.equal(tied.now().terms.size + none.now().terms.size, 0)
  t.end()
})

t.test('I11 nobody stops an election by putting up somebody who may not be elected', (t) => {
  const story = newStory(SEATS.slice(0, 4))
  const id = electing(story, { candidates: [BOB, EMIL] })
  t.strictSame(story.motion(id).vote?.candidates, [BOB])
  story.voteFor(ALICE, id, EMIL)
  t.equal(whyNot(story.motion(id)), 'no_candidate')
  for (const seat of [ALICE, CAROL]) story.voteFor(seat, id, BOB)
  t.match(story.end(id).vote?.result, { elected: BOB })
  const nobody = electing(story, { candidates: [EMIL, 'ee'.repeat(16)] })
  t.equal(whyNot(story.motion(nobody)), 'may_not_be_elected')
  t.end()
})

t.test('D8 whoever ends an election counts the same for each of them', (t) => {
  const story = newStory()
  const id = electing(story)
  for (const seat of [ALICE, BOB, CAROL]) story.voteFor(seat, id, BOB)
  const close = story.close(ALICE, id)
  const each = [
    { seat: ALICE, votes: 3 },
    { seat: BOB, votes: 0 },
    { seat: CAROL, votes: 0 },
  ]
  const counts = { yes: 3, no: 0, unsure: 0, block: 0 }
  for (const other of [counts, { ...counts, each }]) {
    story.say(BOB, { type: 'motionConfirm', motion: id, close, counts: other })
    t.equal(whyNot(story.motion(id)), 'counted_otherwise')
  }
  t.equal(story.motion(id).phase, 'voting')
  t.end()
})

t.test(
  'D8 what binds the group is voted on by approvals of the mandate that the opening names',
  async (t) => {
    const { say, second, fix, open, vote, motion, end } = newStory()
    const id = say(ALICE, put({ kind: 'remove', about: EMIL }))
    second(BOB, id)
    fix(ALICE, id)
    open(ALICE, id)
    t.equal(whyNot(motion(id)), 'no_mandate')
    const hash = motion(id).hash ?? ''
    const mandate = 'd'.repeat(64)
    say(ALICE, { type: 'motionOpen', motion: id, hash, mandate })
    t.strictSame(motion(id).vote?.decides, { by: 'mandate', mandate })
    vote(BOB, id, 'yes')
    t.equal(whyNot(motion(id)), 'by_mandate')
    t.equal(end(id, ALICE, EMIL).phase, 'voting', 'the person concerned has no part in it')
    t.equal(end(id).phase, 'ended')
    say(ALICE, { type: 'motionOutcome', motion: id, text: 'They left.' })
    t.equal(motion(id).outcome?.text, 'They left.')

    const plain = say(BOB, put())
    second(ALICE, plain)
    fix(BOB, plain)
    say(BOB, { type: 'motionOpen', motion: plain, hash: motion(plain).hash ?? '', mandate })
    t.equal(whyNot(motion(plain)), 'by_mandate')
  },
)

t.test('product.md 6 one alone decides alone, and two need each other', async (t) => {
  const one = newStory([ALICE])
  const alone = one.voting()
  one.vote(ALICE, alone, 'yes')
  one.close(ALICE, alone)
  t.equal(one.motion(alone).phase, 'carried')

  const two = newStory([ALICE, BOB])
  const both = two.voting()
  two.vote(ALICE, both, 'yes')
  t.equal(two.end(both).phase, 'voting')
  two.vote(BOB, both, 'yes')
  two.close(ALICE, both)
  t.equal(two.motion(both).phase, 'voting')
  t.equal(two.end(both).phase, 'carried')
})

t.test('what is said about a motion that nobody put means nothing', async (t) => {
  const { say, now, fix, voting, motion } = newStory()
  for (const type of [
    'motionSecond',
    'motionClose',
    'motionRecount',
    'motionWithdraw',
    'motionLapse',
  ] as const)
    say(ALICE, { type, motion: idOf(500) })
  t.equal(now().motions.size, 0)
  const id = voting()
  fix(ALICE, id)
  t.equal(whyNot(motion(id)), 'not_now')
  say(ALICE, { type: 'motionOutcome', motion: id, text: 'early' })
  t.equal(whyNot(motion(id)), 'not_now')
  say(ALICE, { type: 'motionReview', motion: id, text: 'early' })
  t.equal(whyNot(motion(id)), 'not_now')
})
