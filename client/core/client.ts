/**
 * Everything a person does with Tocsin begins here: the committees in an open vault, founding one, following an invite. The CLI and the
 * web client add screens to this and no rules. Not here: what happens within a committee (session/session.ts).
 */
import { err, ok, type Result } from '../../shared/base/result.ts'
import { randomBytes } from '../../shared/crypto/sodium.ts'
import { createBell, type DeviceBell } from './bell/bell.ts'
import { dayOf, type Invite, type InviteFault, type InviteKind, parseInvite } from './join/invite.ts'
import { wordsOf } from './join/transcript.ts'
import { createRelay } from './relay/createRelay.ts'
import type { Relay } from './relay/relay.ts'
import { type Book, bookIds, openBook } from './session/book.ts'
import { type Founding, found } from './session/founding.ts'
import { forgetJoining, type Joining, joiningIds, type Newcomer, readJoining } from './session/joinings.ts'
import { answerWords, continueJoining, type JoinFailure, startJoining } from './session/newcoming.ts'
import { createSession, type Session } from './session/session.ts'
import type { World } from './session/world.ts'
import type { Vault } from './vault/vault.ts'

/** `handle` is empty for another device of a member. */
type Coming = { readonly handle: string; readonly isDevice: boolean }

/** Where a join stands. `joined` comes with the committee. */
export type JoinState =
  | (Coming &
      (
        | { readonly is: 'waiting' }
        /** Both screens show these three words: read them to each other. */
        | { readonly is: 'comparing'; readonly words: readonly string[] }
        /** The words matched; the committee decides now. */
        | { readonly is: 'deciding' }
        | { readonly is: 'declined' }
        | { readonly is: 'aborted'; readonly reason: string }
      ))
  | { readonly is: 'joined'; readonly session: Session; readonly isDevice: boolean }

export type Client = {
  readonly bell: DeviceBell
  readonly committees: () => Promise<readonly Session[]>
  /** Throws when the charter is below a floor. */
  readonly found: (founding: Founding) => Promise<Session>
  readonly joinings: () => readonly { readonly id: string; readonly state: JoinState }[]
  /** What kind of invite somebody was given: only somebody new has to say a name. */
  readonly kindOf: (link: string) => Result<InviteKind, InviteFault>
  /** The address of the relay where somebody waits for whoever was given it. */
  readonly relayOf: (link: string) => Result<string, InviteFault>
  /** Follows an invite; the id with which it goes on, today, tomorrow or after a restart. A device of a member brings no `handle`. */
  readonly startJoining: (link: string, handle: string) => Promise<Result<string, InviteFault>>
  /** One look into the rendezvous. */
  readonly continueJoining: (id: string) => Promise<Result<JoinState, JoinFailure>>
  /** The person has compared the words. False when there was nothing to compare. */
  readonly answerWords: (id: string, doMatch: boolean) => Promise<boolean>
  readonly forgetJoining: (id: string) => Promise<void>
}

export const createClient = (vault: Vault, world: World): Client => {
  const means = { vault, clock: world.clock, random: randomBytes }
  const newcomer: Newcomer = { ...means, connect: (invite) => dialInvite(world, invite) }
  const bell = createBell(vault, world)
  const sessionOf = (book: Book): Session => createSession(book, { ...world, wake: bell.wake })
  return {
    bell,
    committees: async () =>
      Promise.all(bookIds(vault).map(async (id) => sessionOf(await openBook(vault, id)))),
    found: async (founding) => sessionOf(await found(means, founding)),
    joinings: () =>
      joiningIds(vault).flatMap((id) => {
        const joining = readJoining(vault, id)
        return joining ? [{ id, state: stateOf(joining) }] : []
      }),
    kindOf: (link) => {
      const invite = parseInvite(link, dayOf(world.clock()))
      return invite.ok ? ok(invite.value.kind) : invite
    },
    relayOf: (link) => {
      const invite = parseInvite(link, dayOf(world.clock()))
      return invite.ok ? ok(invite.value.relays[0]?.address ?? '') : invite
    },
    startJoining: (link, handle) => startJoining(newcomer, link, handle),
    continueJoining: async (id) => {
      const gone = await continueJoining(newcomer, id)
      if (!gone.ok) return err(gone.error)
      const { book, joining } = gone.value
      if (!book) return ok(stateOf(joining))
      return ok({ is: 'joined', session: sessionOf(book), isDevice: isForDevice(joining) })
    },
    answerWords: (id, doMatch) => answerWords(newcomer, id, doMatch),
    forgetJoining: (id) => forgetJoining(vault, id),
  }
}

const dialInvite = (world: World, invite: Invite): Relay => {
  const [primary] = invite.relays
  if (!primary) throw new Error('an invite names a relay')
  return createRelay({
    dial: world.dial,
    timer: world.timer,
    redial: world.redial,
    random: world.chance,
    address: primary.address,
    relayKey: primary.key,
    admission: invite.admission,
    onAdmission: () => undefined,
  })
}

/** Only somebody new has said a name. */
const isForDevice = ({ handle }: Pick<Joining, 'handle'>): boolean => handle === ''

const stateOf = ({ join, handle }: Joining): JoinState => {
  const coming = { handle, isDevice: isForDevice({ handle }) }
  switch (join.type) {
    case 'comparing':
      return { ...coming, is: 'comparing', words: wordsOf(join.transcript) }
    case 'confirmed':
      return { ...coming, is: 'deciding' }
    case 'declining':
    case 'declined':
      return { ...coming, is: 'declined' }
    case 'aborted':
      return { ...coming, is: 'aborted', reason: join.reason }
    default:
      return { ...coming, is: 'waiting' }
  }
}
