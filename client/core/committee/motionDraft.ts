/**
 * The steps of a motion until it is voted on (product.md 3.C):
 * - seconded by another member than the proposer.
 * - amended while it is discussed, paragraph by paragraph. The proposer takes an amendment or not; anybody may have it put to the vote, and then it is in
 *   when more of those who count are for it than against it, two at least, at the moment in which the text is fixed.
 * - fixed by the proposer, or by two others, who name the hash of the text that they see. From there on it does not change.
 * - translated, or waived by those who do not read it.
 * - withdrawn by the proposer until voting opens; lapsed when two others say that nobody seconds it, or later more than half of all that it has
 *   come to nothing.
 */
import { type Amendment, hashOf, type Motion, type Step, stepTo, type Translation } from './motionLife.ts'
import type { Id, SaidOf } from './said.ts'

/** What one member alone does not decide: two, or all where there are fewer. */
const enoughOf = (people: readonly Id[]): number => Math.max(1, Math.min(2, people.length))

export const second = (motion: Motion, said: SaidOf<'motionSecond'>): Step => {
  if (motion.phase !== 'draft' && motion.phase !== 'discussion') return 'not_now'
  if (said.seat === motion.seat) return 'own_motion'
  if (motion.seconders.includes(said.seat)) return motion
  const seconded = { ...motion, seconders: [...motion.seconders, said.seat] }
  return motion.phase === 'draft' ? stepTo(seconded, said, 'discussion') : seconded
}

export const amend = (motion: Motion, said: SaidOf<'motionAmend'>): Step => {
  const { id, seat, at, content } = said
  const { paragraph, text = '', note } = content
  if (motion.phase !== 'discussion') return 'not_now'
  if (motion.paragraphs[paragraph] === undefined) return 'no_such_part'
  const offered: Amendment = {
    id,
    seat,
    at,
    paragraph,
    text,
    status: 'offered',
    sides: new Map(),
    ...(note === undefined ? {} : { note }),
  }
  return seat === motion.seat ? accepted(motion, offered) : withAmendment(motion, offered)
}

const withAmendment = (motion: Motion, amendment: Amendment): Motion => ({
  ...motion,
  amendments: new Map(motion.amendments).set(amendment.id, amendment),
})

const accepted = (motion: Motion, amendment: Amendment): Motion => ({
  ...withAmendment(motion, { ...amendment, status: 'accepted' }),
  paragraphs: motion.paragraphs.map((one, at) => (at === amendment.paragraph ? amendment.text : one)),
})

type Side = SaidOf<'motionAmendment'>['content']['to']

/** Who may say it, and of amendments that stand where. */
const SIDES: Readonly<
  Record<
    Side,
    { readonly by: 'proposer' | 'author' | 'anybody'; readonly from: readonly Amendment['status'][] }
  >
> = {
  accepted: { by: 'proposer', from: ['offered', 'rejected', 'put_to_vote'] },
  rejected: { by: 'proposer', from: ['offered'] },
  withdrawn: { by: 'author', from: ['offered', 'rejected', 'put_to_vote'] },
  put_to_vote: { by: 'anybody', from: ['offered', 'rejected'] },
  for: { by: 'anybody', from: ['put_to_vote'] },
  against: { by: 'anybody', from: ['put_to_vote'] },
}

export const decideAmendment = (motion: Motion, said: SaidOf<'motionAmendment'>): Step => {
  const { amendment: id, to } = said.content
  const amendment = motion.amendments.get(id)
  if (motion.phase !== 'discussion') return 'not_now'
  if (!amendment) return 'no_such_part'
  const { by, from } = SIDES[to]
  const whose = { proposer: motion.seat, author: amendment.seat, anybody: said.seat }[by]
  if (said.seat !== whose) return 'not_yours'
  if (!from.includes(amendment.status)) return 'not_now'
  if (to === 'accepted') return accepted(motion, amendment)
  const isSide = to === 'for' || to === 'against'
  return withAmendment(
    motion,
    isSide
      ? { ...amendment, sides: new Map(amendment.sides).set(said.seat, to) }
      : { ...amendment, status: to },
  )
}

/** The motion with what the members decided about the amendments that were put to the vote. */
export const withVotedAmendments = (motion: Motion, electorate: readonly Id[]): Motion => {
  let now = motion
  for (const amendment of motion.amendments.values()) {
    if (amendment.status !== 'put_to_vote') continue
    const side = (one: 'for' | 'against'): number =>
      electorate.filter((seat) => amendment.sides.get(seat) === one).length
    const isIn = side('for') > side('against') && side('for') >= enoughOf(electorate)
    now = isIn
      ? withAmendment(accepted(now, amendment), { ...amendment, status: 'voted_in' })
      : withAmendment(now, { ...amendment, status: 'voted_out' })
  }
  return now
}

/** What the text would be called if it were fixed now. */
export const nextHash = (motion: Motion, electorate: readonly Id[]): string =>
  hashOf(motion, withVotedAmendments(motion, electorate).paragraphs)

export const fix = (motion: Motion, said: SaidOf<'motionFix'>): Step => {
  const { seat, electorate = [], content } = said
  const next = withVotedAmendments(motion, electorate)
  const { hash } = content
  if (motion.phase !== 'discussion') return 'not_now'
  if (hashOf(motion, next.paragraphs) !== hash) return 'other_text'
  const fixed: Motion = { ...stepTo(next, said, 'fixed'), hash, fixing: new Map() }
  if (seat === motion.seat) return fixed
  if (!electorate.includes(seat)) return 'not_in_electorate'
  const fixing = new Map(motion.fixing).set(seat, hash)
  const alike = [...fixing.values()].filter((one) => one === hash).length
  const others = electorate.filter((one) => one !== motion.seat)
  return alike >= enoughOf(others) ? fixed : { ...motion, fixing }
}

/** Each language once: its translator may mend it until somebody has checked it or voting has opened, and until then others may, too. */
export const translate = (motion: Motion, said: SaidOf<'motionTranslate'>): Step => {
  const { lang, title, text, hash } = said.content
  if (motion.phase !== 'fixed' && motion.phase !== 'voting') return 'not_now'
  if (hash !== motion.hash) return 'other_text'
  const before = motion.translations.get(lang)
  if (before && (motion.phase === 'voting' || before.checkedBy.length > 0)) return 'not_now'
  const translation: Translation = { by: said.seat, title, text, checkedBy: [] }
  return { ...motion, translations: new Map(motion.translations).set(lang, translation) }
}

export const checkTranslation = (motion: Motion, said: SaidOf<'motionChecked'>): Step => {
  const { lang } = said.content
  const translation = motion.translations.get(lang)
  if (!translation) return 'no_such_part'
  if (translation.by === said.seat) return 'same_member'
  if (translation.checkedBy.includes(said.seat)) return motion
  const checked = { ...translation, checkedBy: [...translation.checkedBy, said.seat] }
  return { ...motion, translations: new Map(motion.translations).set(lang, checked) }
}

export const waive = (motion: Motion, said: SaidOf<'motionWaive'>): Step => {
  if (motion.phase !== 'fixed') return 'not_now'
  if (said.content.hash !== motion.hash) return 'other_text'
  return motion.waivedBy.includes(said.seat)
    ? motion
    : { ...motion, waivedBy: [...motion.waivedBy, said.seat] }
}

export const withdraw = (motion: Motion, said: SaidOf<'motionWithdraw'>): Step => {
  if (said.seat !== motion.seat) return 'not_yours'
  const isBeforeVote = motion.phase === 'draft' || motion.phase === 'discussion' || motion.phase === 'fixed'
  return isBeforeVote ? stepTo(motion, said, 'withdrawn') : 'not_now'
}

/** Nobody's word alone ends what another has put: two where nobody seconds it, and more than half of all later. */
export const lapse = (motion: Motion, said: SaidOf<'motionLapse'>): Step => {
  const { seat, electorate = [] } = said
  const isBeforeVote = motion.phase === 'discussion' || motion.phase === 'fixed'
  if (motion.phase !== 'draft' && !isBeforeVote) return 'not_now'
  if (seat === motion.seat) return 'own_motion'
  if (!electorate.includes(seat)) return 'not_in_electorate'
  const lapsing = [...new Set([...motion.lapsing, seat])]
  const others = electorate.filter((one) => one !== motion.seat)
  const agreed = lapsing.filter((one) => electorate.includes(one)).length
  const isOver = isBeforeVote ? 2 * agreed > electorate.length : agreed >= enoughOf(others)
  return isOver ? stepTo({ ...motion, lapsing }, said, 'lapsed') : { ...motion, lapsing }
}
