/**
 * Every sentence for something that did not work. One table for each union of failures, typed by it: a new failure does not compile
 * until it has a sentence. A sentence is plain, and says what to do.
 */

import { MAX_TEXT } from '../core/committee/fields.ts'
import { MAX_WORDS } from '../core/committee/fileContent.ts'
import type { SeatId } from '../core/governance/ids.ts'
import type { AbortReason } from '../core/join/exchange.ts'
import type { SuspicionKind } from '../core/session/desk.ts'
import type { DropFailure, SettleFailure } from '../core/session/devices.ts'
import type { OfferFailure } from '../core/session/linking.ts'
import type { JoinFailure } from '../core/session/newcoming.ts'
import type { Halt } from '../core/session/reading.ts'
import type { VouchFailure } from '../core/session/sponsoring.ts'
import type { Own } from '../core/session/state.ts'
import type { Objection } from '../core/session/talking.ts'
import type { CommitteeView } from '../core/session/view.ts'
import type { VaultRefusal } from '../core/vault/vault.ts'
import { type Exit, type Refusal, refusal } from './command.ts'
import type { FolderRefusal } from './vaultFile.ts'

export const VAULT_WORDS: Record<VaultRefusal, string> = {
  not_a_vault:
    'The file "vault" in this folder was not written by Tocsin: choose another folder with --home.',
  newer_version: 'A newer Tocsin wrote this locked folder: update Tocsin, then try again.',
  damaged:
    'This locked folder is damaged and cannot be opened: restore it from a copy, or wipe it and join again.',
  wrong_passphrase: 'That is not the passphrase of this locked folder: try again.',
}

export const folderRefusal = (home: string, why: FolderRefusal): Refusal => {
  if (why.locked)
    return refusal(
      'vault_in_use',
      `Another Tocsin (process ${why.pid}) is using the locked folder ${home}: end it first, or choose another folder with --home.`,
    )
  return refusal(
    'folder_unusable',
    `The folder ${home} cannot be used (${why.code}): check who owns it and whether the disk is full, or choose another with --home.`,
  )
}

/** Why a yes was not given: what is still missing, or who vouches. */
export const OBJECTION_WORDS: Record<Objection, string> = {
  alone: 'A committee has at least two members: bring somebody in with `npx tocsin invite`.',
  meetings:
    'It is too early: everybody has to have been at two meetings on different days, each by their own word. See `npx tocsin meeting`.',
  no_unity: 'It is too early: there is no point yet on which everybody agrees. See `npx tocsin unity`.',
  open_points:
    'It is too early: a point is still in discussion. Agree on it, or keep it open or drop it together. See `npx tocsin unity`.',
  voted_lately:
    'You voted on this lately. Before 60 days are over only new facts bring it back: `npx tocsin motion start --kind remove --new-facts`.',
  sponsor_suspended:
    'Whoever vouches for them is suspended, so nobody is let in on their word now. See `npx tocsin concern`.',
}

type Status = Own['status']

/** Why this device cannot speak. */
export const STATUS_WORDS: Record<Exclude<Status, 'member'>, string> = {
  stuck:
    'This device lost the thread and needs the help of the others: see `npx tocsin status`, and run `npx tocsin sync` again later.',
  removed: 'You are no longer in this committee: speak to the others in person.',
  left: 'You have left this committee.',
  parted: 'This talk has ended, and everybody goes their own way. Nothing of it is kept on this device.',
  lost: 'This device was away for too long and the relay has forgotten what it missed: meet two members, who can let you in again.',
  copied:
    'Somebody writes with a copy of this locked folder, so this one has stopped: tell the others in person, and join again with a new invite.',
  outdated:
    'The committee uses rules that this Tocsin does not know: update Tocsin, then run `npx tocsin sync`.',
}

/** A phone that was cut off is not a member who was put out. */
export const statusWords = (
  { own: { status }, cutOff }: Pick<CommitteeView, 'own' | 'cutOff'>,
  names: (seat: SeatId) => string,
): string => {
  if (status === 'member') return 'You cannot speak in this committee now: run `npx tocsin status`.'
  if (status !== 'removed' || !cutOff) return STATUS_WORDS[status]
  if (cutOff.by === undefined)
    return 'You cut this phone off, from another one of yours: it learns nothing new.'
  return `This phone was cut off by ${names(cutOff.by)}. You are still a member: meet two of the others to be back with another phone.`
}

export const DROP_WORDS: Record<DropFailure, string> = {
  not_member: 'You cannot speak in this committee now: run `npx tocsin status`.',
  no_such_device: 'There is no such phone any more: see `npx tocsin phones`.',
  this_device: 'That is the phone in your hand: to end it here, run `npx tocsin wipe`.',
  not_yours: 'That is not a phone of yours: run `npx tocsin phone cut-off` if it is in the wrong hands.',
  yours: 'That is a phone of yours: run `npx tocsin phone drop`.',
  on_probation: 'You do not decide with the others yet: ask one who does to cut it off.',
  drop_open:
    'You have cut off a phone already, and that is not settled: ask somebody else, or ask the others to run `npx tocsin phone settle`.',
}

export const SETTLE_WORDS: Record<SettleFailure, string> = {
  not_member: DROP_WORDS.not_member,
  no_such_drop: 'Nothing is open: see `npx tocsin phones`.',
  yours: 'Who cut somebody off cannot say that it was right: ask the others.',
}

export const HALT_WORDS: Record<Halt, { readonly exit: Exit; readonly sentence: string }> = {
  offline: {
    exit: 3,
    sentence: 'The relay cannot be reached: check the connection, and run `npx tocsin sync` when it is back.',
  },
  alarm: {
    exit: 4,
    sentence:
      'The relay was caught lying, so nothing is sent to it: run `npx tocsin status` to see what happened and what to do.',
  },
  refused: {
    exit: 1,
    sentence:
      'The relay does not take what is asked of it: try again in a while, or speak to whoever runs it.',
  },
}

export const haltRefusal = (halt: Halt): Refusal =>
  refusal(halt === 'alarm' ? 'relay_lied' : halt, HALT_WORDS[halt].sentence, HALT_WORDS[halt].exit)

export const LINK_WORDS: Record<'malformed' | 'newer_version' | 'expired', string> = {
  malformed: 'That is not a whole invite: copy all of it, from "tocsin:" to its end, and try again.',
  newer_version: 'A newer Tocsin made this invite: update Tocsin, then try again.',
  expired: 'This invite has expired: ask for a new one.',
}

const JOIN_FAILURES: Record<JoinFailure, { readonly exit: Exit; readonly sentence: string }> = {
  no_such_joining: {
    exit: 1,
    sentence: 'No such invite is being followed here: run `npx tocsin join` with the link.',
  },
  expired: { exit: 1, sentence: LINK_WORDS.expired },
  offline: {
    exit: 3,
    sentence: 'The relay cannot be reached: check the connection, then go on with `npx tocsin join`.',
  },
  relay_lied: {
    exit: 4,
    sentence:
      'The relay was caught lying: do not go on with this invite, and tell the person who gave it to you.',
  },
  refused: {
    exit: 1,
    sentence: 'The relay does not take this invite any more: ask for a new one.',
  },
}

export const joinRefusal = (failure: JoinFailure): Refusal =>
  refusal(failure, JOIN_FAILURES[failure].sentence, JOIN_FAILURES[failure].exit)

/** Why a join ended by itself; each wants a new invite. */
const ABORT_WORDS: Record<AbortReason, string> = {
  second_newcomer:
    'Somebody else is using the same invite, so it has ended: make a new one and hand it over in person.',
  second_sponsor: 'Somebody else is answering the same invite, so it has ended: ask for a new one in person.',
  reveal_changed:
    'What came through the relay was exchanged on the way, so the invite has ended: make a new one.',
  out_of_order: 'The steps of this invite came in a wrong order, so it has ended: make a new one.',
  words_differ: 'The words differed, so the invite has ended: make a new one and hand it over in person.',
  other_rules:
    'The committee uses rules that this version of Tocsin does not know. Update it, then ask for a new invite.',
}

export const abortWords = (reason: string | undefined): string =>
  Object.entries(ABORT_WORDS).find(([name]) => name === reason)?.[1] ??
  'The invite has ended: make a new one.'

export const VOUCH_WORDS: Record<VouchFailure, string> = {
  no_such_invite: 'There is no such invite any more: make a new one with `npx tocsin invite`.',
  not_now: 'There are no words to compare yet: wait until the other person has opened the invite.',
  stale: 'The committee has changed too much since this invite: make a new one with `npx tocsin invite`.',
}

export const OFFER_WORDS: Record<OfferFailure, string> = {
  no_such_seat: 'There is no such member any more: see `npx tocsin members`.',
  too_many_devices:
    'There are as many phones as the charter allows: cut off a lost one first, with `npx tocsin phone drop`, or let a member do it with `npx tocsin phone cut-off`.',
}

/** What should not happen with an honest relay and honest members. */
const SUSPICION_WORDS: Record<SuspicionKind, string> = {
  words_differ:
    'You compared words with a member, and they were not the same: see `npx tocsin words --help`.',
  relay_lied: 'The relay showed this device something that cannot be true.',
  relay_forked:
    "A member's device saw another history at the relay than this one: compare `npx tocsin words` in person.",
  history_differs:
    "A member's device counts other decisions than this one: compare `npx tocsin words` in person.",
  other_commit:
    "A member's device followed another change of the committee than this one: compare `npx tocsin words` in person.",
  counter_repeated:
    "A member's device wrote two different things in one place: it may have been copied. Speak to them in person.",
  history_rewritten:
    "A member's device changed what it had said before: it may have been copied. Speak to them in person.",
  device_copied:
    'Somebody writes with a copy of this very folder: use it in one place only, and tell the others.',
}

export const suspicionWords = (kind: string): string =>
  Object.entries(SUSPICION_WORDS).find(([name]) => name === kind)?.[1] ??
  'Something that an honest relay would not do.'

/** What content checking says about a field. */
const FIELD_WORDS: Readonly<Record<string, string>> = {
  handle: `A handle has 1 to ${MAX_TEXT.handle} characters on one line and no "#": choose another.`,
  text: `The text is empty or longer than ${MAX_TEXT.post} characters: shorten it, or send it in parts.`,
  words: `The words are empty or longer than ${MAX_WORDS} characters: shorten them.`,
  facts: `What happened is empty or longer than ${MAX_TEXT.facts} characters: say it in a few sentences.`,
  guesses: `The guesses are empty or longer than ${MAX_TEXT.facts} characters: shorten them.`,
  what: `What you will do is empty or longer than ${MAX_TEXT.note} characters: say it in a sentence.`,
  notes: 'What was said is empty or too long: say it more shortly.',
  note: `The note is empty or longer than ${MAX_TEXT.note} characters: say it in a sentence.`,
  place: `The place is empty or longer than ${MAX_TEXT.place} characters: shorten it.`,
  by: 'By when: give minutes (up to a week), or a time as 2026-11-23T15:00.',
  needs: 'Something is asked for twice: name each need once.',
  takes: 'Something is taken twice: name each need once.',
  about:
    'An alarm can name somebody only if the committee may know the name: add --names committee, or --about not-named.',
}

export const fieldRefusal = (field: string): Refusal =>
  refusal(
    'not_allowed',
    FIELD_WORDS[field.split('.')[0] ?? ''] ?? 'Something in it is empty, too long or not allowed: change it.',
  )
