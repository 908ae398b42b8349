/** Who stands in an election: put forward by anybody while it is discussed, standing down until voting opens (product.md 3.B; SPEC.md DM14). */
import * as fc from 'fast-check'
import t from 'tap'
import { isAmong, putUpIn } from '../../../../client/core/committee/candidates.ts'
import { applyAll, emptyCommittee } from '../../../../client/core/committee/committee.ts'
import { MAX_CANDIDATES } from '../../../../client/core/committee/roleWords.ts'
import { idOf, SEATS } from './arbitraries.ts'
import { newStory, put, type Story, whyNot } from './motionStory.ts'

const [ALICE = '', BOB = '', CAROL = '', DORA = '', EMIL = ''] = SEATS
const ONE = { gives: 'role', role: 'delegate', seat: BOB } as const
const SEVERAL = { gives: 'election', role: 'delegate', candidates: [ALICE, BOB] } as const

const forward = ({ say }: Story, by: string, motion: string, seat: string): string =>
  say(by, { type: 'motionCandidate', motion, seat })
const down = ({ say }: Story, by: string, motion: string): string =>
  say(by, { type: 'motionStandDown', motion })

/** Seconded, so that it is talked about. */
const discussed = (story: Story, effect: typeof ONE | typeof SEVERAL): string => {
  const id = story.say(ALICE, put({ kind: 'elect', title: 'Who speaks for us', effect }))
  story.second(BOB, id)
  return id
}
const opened = (story: Story, id: string): void => {
  story.fix(ALICE, id)
  story.open(ALICE, id)
}

t.test('3.B whoever is put forward while it is discussed may be elected instead of who was named', (t) => {
  const story = newStory()
  const id = discussed(story, ONE)
  t.notOk(isAmong(story.motion(id)), 'one alone is yes or no')
  forward(story, DORA, id, CAROL)
  forward(story, EMIL, id, CAROL)
  t.strictSame(putUpIn(story.motion(id)), [BOB, CAROL])
  opened(story, id)
  t.strictSame(story.motion(id).vote?.candidates, [BOB, CAROL])
  for (const seat of [ALICE, CAROL, DORA]) story.voteFor(seat, id, CAROL)
  t.match(story.end(id), { phase: 'carried', vote: { result: { elected: CAROL } } })
  t.strictSame(
    [...story.now().terms.values()].map(({ seat }) => seat),
    [CAROL],
  )
  t.end()
})

t.test('3.B a candidate stands down until voting opens, and nobody else puts them up again', (t) => {
  const story = newStory()
  const id = discussed(story, SEVERAL)
  down(story, CAROL, id)
  t.equal(whyNot(story.motion(id)), 'no_such_part', 'who does not stand cannot')
  down(story, BOB, id)
  t.strictSame(putUpIn(story.motion(id)), [ALICE])
  forward(story, CAROL, id, BOB)
  t.strictSame([whyNot(story.motion(id)), putUpIn(story.motion(id))], ['stood_down', [ALICE]])
  forward(story, BOB, id, BOB)
  t.strictSame(putUpIn(story.motion(id)), [ALICE, BOB], 'they themselves do')
  story.fix(ALICE, id)
  down(story, ALICE, id)
  t.strictSame(putUpIn(story.motion(id)), [BOB], 'also when the text is fixed')
  story.open(DORA, id)
  down(story, BOB, id)
  t.equal(whyNot(story.motion(id)), 'not_now')
  t.strictSame(story.motion(id).vote?.candidates, [BOB])
  t.end()
})

t.test('3.B whoever was named alone and stands down is not elected by a yes', (t) => {
  const story = newStory()
  const id = discussed(story, ONE)
  down(story, BOB, id)
  forward(story, EMIL, id, CAROL)
  opened(story, id)
  t.strictSame(story.motion(id).vote?.candidates, [CAROL])
  story.vote(ALICE, id, 'yes')
  t.equal(whyNot(story.motion(id)), 'no_candidate')
  for (const seat of [ALICE, DORA, EMIL]) story.voteFor(seat, id, CAROL)
  t.match(story.end(id).vote?.result, { elected: CAROL })

  const nobody = newStory()
  const other = discussed(nobody, ONE)
  down(nobody, BOB, other)
  opened(nobody, other)
  t.strictSame([nobody.motion(other).phase, whyNot(nobody.motion(other))], ['fixed', 'may_not_be_elected'])
  t.end()
})

t.test(
  '3.B nobody is put forward before it is discussed, once the text is fixed, or where nobody is elected',
  (t) => {
    const story = newStory()
    const draft = story.say(ALICE, put({ kind: 'elect', effect: ONE }))
    forward(story, CAROL, draft, CAROL)
    t.equal(whyNot(story.motion(draft)), 'not_now')
    story.second(BOB, draft)
    story.fix(ALICE, draft)
    forward(story, CAROL, draft, CAROL)
    t.strictSame([whyNot(story.motion(draft)), putUpIn(story.motion(draft))], ['not_now', [BOB]])
    const everyday = story.say(ALICE, put())
    story.second(BOB, everyday)
    forward(story, CAROL, everyday, CAROL)
    down(story, CAROL, everyday)
    t.strictSame(
      story.motion(everyday).refused.map(({ why }) => why),
      ['no_election', 'no_election'],
    )
    t.end()
  },
)

t.test('3.B eight stand at most; who stands down makes room', (t) => {
  const story = newStory()
  const id = discussed(story, SEVERAL)
  for (let n = 1; n <= MAX_CANDIDATES; n++) forward(story, DORA, id, idOf(n))
  t.equal(putUpIn(story.motion(id)).length, MAX_CANDIDATES)
  t.equal(whyNot(story.motion(id)), 'too_many_candidates')
  down(story, BOB, id)
  forward(story, DORA, id, EMIL)
  t.ok(putUpIn(story.motion(id)).includes(EMIL))
  t.end()
})

const word = fc.record({
  by: fc.constantFrom(...SEATS),
  seat: fc.constantFrom(...SEATS),
  does: fc.constantFrom(
    'forward' as const,
    'forward' as const,
    'down' as const,
    'fix' as const,
    'open' as const,
  ),
})

type Word = typeof word extends fc.Arbitrary<infer W> ? W : never
type Standing = { readonly is: Set<string>; readonly no: Set<string> }

/** What it should come to, said once more in other words. */
const expect = ({ is, no }: Standing, { by, seat, does }: Word, phase: string): void => {
  if (does === 'forward' && phase === 'discussion' && (!no.has(seat) || by === seat)) {
    is.add(seat)
    no.delete(seat)
  }
  if (does === 'down' && phase !== 'voting' && is.delete(by)) no.add(by)
}

const SAID: Readonly<Record<Word['does'], (story: Story, motion: string, word: Word) => void>> = {
  forward: (story, id, { by, seat }) => void forward(story, by, id, seat),
  down: (story, id, { by }) => void down(story, by, id),
  fix: ({ fix }, id) => void fix(ALICE, id),
  open: ({ open }, id, { by }) => void open(by, id),
}

const standingIn = (story: Story, id: string): string => {
  const motion = story.motion(id)
  return [...(motion.vote?.candidates ?? putUpIn(motion))].sort().join()
}

t.test(
  'DM14 the order of the log decides who stands: each stands whose last own word is not no, and what comes late changes nothing',
  async () => {
    await fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), fc.constantFrom(ONE, SEVERAL), (words, effect) => {
        const story = newStory()
        const id = discussed(story, effect)
        const standing = { is: new Set<string>(putUpIn(story.motion(id))), no: new Set<string>() }
        const isAsExpected = words.every((one) => {
          const { phase } = story.motion(id)
          SAID[one.does](story, id, one)
          expect(standing, one, phase)
          return standingIn(story, id) === [...standing.is].sort().join()
        })
        const again = applyAll(emptyCommittee, story.all()).motions.get(id)
        return (
          isAsExpected && again !== undefined && putUpIn(again).join() === putUpIn(story.motion(id)).join()
        )
      }),
      { numRuns: 300 },
    )
  },
)
