/**
 * What page and worker say to each other: requests with a number and one answer each, and events that nobody asked for. Types only, so that a page which
 * imports them brings no code along. Everything here survives structured cloning. Not here: what a page is shown (shown.ts), how a request is
 * checked (asked.ts), and the page's side (client/web/page).
 */
import type { Result } from '../../../shared/base/result.ts'
import type { BellFailure } from '../../core/bell/asking.ts'
import type { BellShown, Rung } from '../../core/bell/kept.ts'
import type { Media } from '../../core/committee/fileWords.ts'
import type { Quiet } from '../../core/committee/ladder.ts'
import type { ChangeRefusal, CharterChange } from '../../core/governance/charterChange.ts'
import type { InviteFault, InviteKind } from '../../core/join/invite.ts'
import type { Call } from '../../core/session/care.ts'
import type { CompareFailure } from '../../core/session/comparing.ts'
import type { DecideStep } from '../../core/session/decideContent.ts'
import type { Decided, DecideRefusal } from '../../core/session/deciding.ts'
import type { DropFailure, Dropping, SettleFailure } from '../../core/session/devices.ts'
import type { OwnData } from '../../core/session/exporting.ts'
import type { OfferFailure } from '../../core/session/linking.ts'
import type { Halt } from '../../core/session/reading.ts'
import type { RingingView } from '../../core/session/ringing.ts'
import type { Session } from '../../core/session/session.ts'
import type { SayFailure, Sending } from '../../core/session/speaking.ts'
import type { VouchFailure } from '../../core/session/sponsoring.ts'
import type { FoundFailure, Objection, PartFailure } from '../../core/session/talking.ts'
import type { Ask, DoorRefusal, In } from './asks.ts'
import type { CityRequests } from './cityPort.ts'
import type { MotionShown } from './motionShown.ts'
import type { Sayable } from './sayable.ts'
import type { FileRefusal, FileWords, Frame, JoiningShown, MadeInvite, RoomSlice, Views } from './shown.ts'

/**
 * none: nothing is kept here yet. elsewhere: another tab of this browser has it; `takeOver` ends it there. damaged: not one byte of it is used, because an
 * older state would use keys a second time; erasing and coming back through two members is what is left.
 */
export type VaultState = 'none' | 'locked' | 'open' | 'elsewhere' | 'damaged' | 'newer_version'

type ProposeFailure = Extract<Awaited<ReturnType<Session['propose']>>, { readonly ok: false }>['error']
type Nothing = Record<never, never>

export type Requests = CityRequests & {
  // The vault.
  readonly vault: Ask<Nothing, VaultState>
  readonly makeVault: Ask<
    { readonly passphrase: string },
    undefined,
    'there_is_one' | 'too_short' | 'elsewhere'
  >
  readonly unlock: Ask<
    { readonly passphrase: string },
    undefined,
    'wrong_passphrase' | Exclude<VaultState, 'locked' | 'open'>
  >
  /** Wipes the keys from memory. What is being sent goes on after the next unlocking. */
  readonly lock: Ask<Nothing>
  /** Ends it in the other tab, as that one's `lock` would; the vault is locked here then. */
  readonly takeOver: Ask<Nothing>
  readonly changePassphrase: Ask<
    { readonly before: string; readonly after: string },
    undefined,
    'wrong_passphrase' | 'too_short'
  >
  /** Everything on this device, locked or not. */
  readonly erase: Ask<Nothing, undefined, 'elsewhere'>

  // Committees.
  /** `relay`: the line that the relay prints when it starts. `isTalk`: two or three who have not agreed yet. */
  readonly found: Ask<
    {
      readonly name: string
      readonly purpose: string
      readonly handle: string
      readonly relay: string
      readonly isTalk: boolean
      /** Of committees: whoever is in it is a delegate. */
      readonly isAssembly?: boolean
      readonly isForOldPhones: boolean
    },
    { readonly committee: string },
    'bad_name' | 'bad_purpose' | 'bad_handle' | 'bad_relay' | 'no_admission'
  >
  /** Only somebody new has to say a name: `device` brings none. */
  readonly inspectInvite: Ask<
    { readonly link: string },
    { readonly kind: InviteKind; readonly relay: string },
    InviteFault
  >
  /** The worker then looks after it by itself, also after the next unlocking; how it goes comes as events. */
  readonly startJoining: Ask<
    { readonly link: string; readonly handle: string },
    { readonly joining: string },
    InviteFault | 'bad_handle'
  >
  readonly answerWords: Ask<
    { readonly joining: string; readonly doMatch: boolean },
    undefined,
    'nothing_to_compare'
  >
  readonly forgetJoining: Ask<{ readonly joining: string }>

  // Looking. Each `changed` event names the views that look different from before.
  readonly frame: Ask<In, Frame>
  readonly view: Ask<In & { readonly view: keyof Views }, Views[keyof Views]>
  /** Posts `from` to `from + count`, oldest first; without `from` the last ones. At most 200. */
  readonly room: Ask<In & { readonly from?: number; readonly count: number }, RoomSlice>
  readonly motion: Ask<In & { readonly motion: string }, MotionShown, 'no_such_motion'>
  /** A post itself, and what answers it; or what answers an alarm or a motion. */
  readonly replies: Ask<In & { readonly to: string }, RoomSlice>
  /** Everything that the room and the alarms show now has been seen. */
  readonly markRead: Ask<In>

  // Saying and deciding. `waiting`: kept on this device and sent as soon as possible: "not sent - call!".
  readonly say: Ask<
    In & { readonly content: Sayable },
    { readonly id: string; readonly is: Sending },
    SayFailure
  >
  /** Which release this phone runs, for the others to compare: said if it is another than it said last. */
  readonly runs: Ask<
    In & { readonly release: string; readonly isLoaderChanged: boolean },
    undefined,
    SayFailure
  >
  readonly decide: Ask<In & { readonly step: DecideStep }, Decided, DecideRefusal>
  readonly approve: Ask<
    In & { readonly motion: string },
    Sending,
    'not_member' | 'no_such_motion' | Objection
  >
  readonly decline: Ask<In & { readonly motion: string }, Sending, 'not_member' | 'no_such_motion'>
  readonly proposeRemove: Ask<
    In & { readonly seat: string },
    Put,
    'not_member' | 'no_such_seat' | 'voted_lately'
  >
  readonly proposeCharter: Ask<In & { readonly change: CharterChange }, Put, ProposeFailure | ChangeRefusal>
  readonly foundVote: Ask<In, Put, FoundFailure>
  readonly partWays: Ask<In, 'done' | 'waiting', PartFailure>
  readonly leave: Ask<In, undefined, Halt | 'not_member'>
  /** When alarms may be loud on this phone, and whom its owner calls. */
  readonly ringing: Ask<In, RingingView>
  /** `quiet`: `none` for never at rest; not said: the hours of the committee. `forNow`: what is NOW wakes all the same. */
  readonly setWakes: Ask<In & { readonly quiet?: Quiet | 'none'; readonly forNow: boolean }>
  readonly setCalls: Ask<In & { readonly calls: readonly Call[] }, undefined, 'bad_call'>
  /** How whoever an alarm of ours is about can be reached: those who are on it are told. */
  readonly setReach: Ask<
    In & { readonly alarm: string; readonly text: string },
    'sent' | 'waiting',
    'bad_reach'
  >
  /** Of this device, for all its committees. `isForbidden`: this page's own rules do not let it go there. */
  readonly bell: Ask<Nothing, (BellShown & { readonly isForbidden: boolean }) | undefined>
  /** What a push service has to be told. */
  readonly bellKey: Ask<{ readonly address: string }, { readonly key: Uint8Array }, 'bad_bell'>
  /** Without `rung` this phone only rings others, and `endpoint` is empty. */
  readonly bellOn: Ask<
    { readonly address: string; readonly rung?: Rung; readonly endpoint: string },
    undefined,
    BellFailure | 'bell_forbidden'
  >
  readonly bellOff: Ask<Nothing>
  /** The members of one committee may ring this phone alone, or not any more. */
  readonly bellTicket: Ask<In & { readonly isGiven: boolean }, Sending, BellFailure | 'no_bell' | SayFailure>
  /** What this member said, or all that was said, as records to take along. Nothing is written. */
  readonly ownData: Ask<In & { readonly isAll: boolean }, OwnData>
  /** "Travel light": this device keeps what was said for so many days at most, 1 to 365; without `days` as agreed. */
  readonly keepAtMost: Ask<In & { readonly days?: number }>
  /** Of a committee that this device is no longer in. */
  readonly forget: Ask<In, undefined, 'member'>

  // Files: photographs and voice notes, small enough for the memory of an old phone (8 MiB).
  /** Kept when this is answered; it is sent by itself, and stands in the room as on its way until then. Its id is that of its post. */
  readonly sendFile: Ask<
    In & { readonly words: FileWords; readonly bytes: Uint8Array },
    { readonly id: string },
    'not_member' | 'empty' | 'too_large' | { readonly field: string }
  >
  readonly cancelFile: Ask<In & { readonly file: string }, undefined, 'no_such_file' | 'announced'>
  /** By the id of its post. It stays in memory until the vault is locked, and nowhere else. */
  readonly fetchFile: Ask<
    In & { readonly file: string },
    { readonly name: string; readonly media: Media; readonly bytes: Uint8Array },
    FileRefusal
  >

  // Meeting people.
  /** `seat`: whose next device this is to be; our own, if a device is invited and it is not said. */
  readonly invite: Ask<
    In & { readonly kind: InviteKind; readonly seat?: string },
    MadeInvite,
    'not_member' | OfferFailure
  >
  /** `match`: the words are the same, and we vouch. */
  readonly answerInvite: Ask<
    In & { readonly invite: string; readonly answer: 'match' | 'differ' | 'decline' },
    Put | undefined,
    VouchFailure
  >
  readonly met: Ask<In & { readonly seat: string }, Sending, CompareFailure>
  readonly compared: Ask<
    In & { readonly seats: readonly string[]; readonly same: boolean },
    Sending,
    CompareFailure
  >

  // Phones.
  readonly dropDevice: Ask<In & { readonly device: string }, Dropping, DropFailure>
  readonly cutOff: Ask<In & { readonly device: string }, Dropping, DropFailure>
  readonly settleDrop: Ask<In & { readonly device: string }, Put, SettleFailure>

  // The relay.
  /** Tries again now. */
  readonly sync: Ask<In, undefined, Halt>
  /** Uses a relay again that was caught lying. */
  readonly goOn: Ask<In>
}

export type Put = { readonly motion: string; readonly is: Sending }

export type RequestName = keyof Requests
export type Asked<N extends RequestName> = Requests[N]['asked']
export type Answer<N extends RequestName> = Requests[N]['answer']
/** The answer to `view`, by which one it is. */
export type ViewAnswer<V extends keyof Views> = Result<Views[V], DoorRefusal>

/** From the page. `number` is the page's, and comes back with the answer. */
export type ToWorker = {
  [N in RequestName]: { readonly number: number; readonly do: N } & Asked<N>
}[RequestName]

export type FromWorker =
  | { readonly number: number; readonly answer: Answer<RequestName> }
  | { readonly event: WorkerEvent }

export type FirstShown = { readonly frames: readonly Frame[]; readonly joinings: readonly JoiningShown[] }

/** What happens without having been asked for. Small: slices are asked for by whoever shows them. */
export type WorkerEvent =
  /** After it was locked, taken over or erased, too: then nothing that was shown may stay on the screen. */
  | { readonly is: 'vault'; readonly vault: Exclude<VaultState, 'open'> }
  /** With what the first page shows: nobody asks, and waits, a second time. */
  | ({ readonly is: 'vault'; readonly vault: 'open' } & FirstShown)
  | { readonly is: 'frame'; readonly frame: Frame }
  /** `views` look different from before. `room`: the whole length is in the frame. */
  | {
      readonly is: 'changed'
      readonly committee: string
      readonly views: readonly (keyof Views | 'room')[]
    }
  /** These alarms are to be loud now; each is told once, and counts. */
  | { readonly is: 'loud'; readonly committee: string; readonly alarms: readonly string[] }
  /** Left, put out, or forgotten. */
  | { readonly is: 'gone'; readonly committee: string }
  | { readonly is: 'joining'; readonly joining: JoiningShown }
  /** It has led into this committee, or was forgotten. */
  | { readonly is: 'joiningOver'; readonly joining: string; readonly committee: string | undefined }
