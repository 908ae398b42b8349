/** The end of a talk: a committee, or separate ways. */
import { ok } from '../../../shared/base/result.ts'
import { forgetMarks } from '../../core/session/readMarks.ts'
import type { Session } from '../../core/session/session.ts'
import type { PartFailure } from '../../core/session/talking.ts'
import type { Vault } from '../../core/vault/vault.ts'
import { askYesNo } from '../ask.ts'
import { type Command, type Context, isOn, type Outcome, refused } from '../command.ts'
import { nameOfCommittee, withMembership } from '../open.ts'
import { proposedTo } from '../proposing.ts'
import { notMember } from '../saying.ts'
import { OBJECTION_WORDS, STATUS_WORDS } from '../words.ts'

const FOUNDED: Record<Exclude<PartFailure, 'not_member'>, string> = {
  founded: 'This committee is founded already. To go yourself, run `npx tocsin leave`; the others stay.',
}

export const foundVote: Command = {
  usage: '',
  about: [
    'Two or three people who agree, after two meetings: when everybody says yes, you are a committee. Then',
    'others can join, and whoever began has no special rights.',
  ],
  examples: ['found vote'],
  run: (context) =>
    withMembership(context, async ({ session }) => {
      const voted = await session.foundVote()
      if (!voted.ok) {
        if (voted.error === 'not_member') return notMember(session)
        if (voted.error === 'founded') return refused('founded', 'This committee is founded already.')
        return refused(voted.error, OBJECTION_WORDS[voted.error])
      }
      const name = nameOfCommittee(session)
      const text = session.view().charter.isFounded
        ? `You are a committee now: "${name}".`
        : `You said yes to founding "${name}". Everybody has to.`
      return proposedTo(context, session, voted.value, [text])
    }),
}

export const partWays: Command = {
  usage: '[OPTIONS]',
  about: [
    'If you do not agree, you go separate ways, and nobody is to blame. Either side presses once: this',
    'device and those of the others forget the talk, with everything in it. There is no way back.',
  ],
  options: { yes: { type: 'boolean', short: 'y', help: 'do not ask whether you are sure' } },
  examples: ['part-ways'],
  run: (context, input) =>
    withMembership(context, async ({ session, opened }) => {
      const isTalk = !session.view().charter.isFounded
      if (!isTalk) return refused('founded', FOUNDED.founded)
      if (!isOn(input, 'yes') && !(await isSure(context, nameOfCommittee(session))))
        return refused('not_sure', 'Nothing has changed.')
      return part(session, opened.vault)
    }),
}

const part = async (session: Session, vault: Vault): Promise<Outcome> => {
  const parted = await session.partWays()
  if (!parted.ok)
    return parted.error === 'not_member' ? notMember(session) : refused(parted.error, FOUNDED[parted.error])
  if (parted.value !== 'done') return waits
  await forgetMarks(vault, session.id)
  return gone(session.id)
}

const isSure = async (context: Context, name: string): Promise<boolean> =>
  (await askYesNo(context, `End the talk "${name}" for everybody, and forget it?`)) === true

const gone = (id: string): Outcome => ok({ text: [STATUS_WORDS.parted], json: { parted: id, is: 'done' } })

const waits: Outcome = ok({
  text: [
    'The relay cannot be reached. This device forgets the talk, and the others hear of it, as soon as a command reaches it.',
  ],
  json: { is: 'waiting' },
  exit: 3,
})
