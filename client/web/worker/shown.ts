/**
 * What a page is shown: plain values made from the core's views, in slices, never the whole book. Seats stand as ids everywhere; `names` of the frame says what
 * to call them. Not here: how they are made (views.ts).
 */
import type { JoinState } from '../../core/client.ts'
import type { Alarm, Answer } from '../../core/committee/alarmLife.ts'
import type { AlarmSummary } from '../../core/committee/alarmSummary.ts'
import type { KnownContent } from '../../core/committee/content.ts'
import type { EarlierMotion } from '../../core/committee/earlierMotion.ts'
import type { FileContent } from '../../core/committee/fileContent.ts'
import type { LadderView } from '../../core/committee/ladder.ts'
import type { Meeting } from '../../core/committee/meeting.ts'
import type { Profile } from '../../core/committee/profile.ts'
import type { Compared } from '../../core/committee/program.ts'
import type { Post } from '../../core/committee/talk.ts'
import type { OwedReport, WhoHoldsWhat } from '../../core/committee/whoHoldsWhat.ts'
import type { Charter } from '../../core/governance/charter.ts'
import type { ArrivalView } from '../../core/session/arrivalView.ts'
import type { Card } from '../../core/session/decideView.ts'
import type { Exposure } from '../../core/session/exposing.ts'
import type { InviteView } from '../../core/session/inviteView.ts'
import type { ConcernPage, Stage, UnityPage } from '../../core/session/lifeView.ts'
import type { JoinFailure } from '../../core/session/newcoming.ts'
import type { Unsent } from '../../core/session/outbox.ts'
import type { Connection } from '../../core/session/session.ts'
import type { CommitteeView, MemberView } from '../../core/session/view.ts'
import type { CheckShown } from './careShown.ts'
import type { CityNow, CityShown } from './cityShown.ts'

/** The edge of every screen of one committee; sent whole whenever it changes. */
export type Frame = {
  readonly committee: string
  readonly name: string
  readonly purpose: string
  readonly stage: Stage
  /** Of committees: its members are delegates. */
  readonly isAssembly: boolean
  readonly own: Pick<CommitteeView['own'], 'seat' | 'device' | 'handle' | 'status'> & {
    /** False while on probation: speaks and reads, and is counted nowhere. */
    readonly counts: boolean
  }
  /** What to call each seat: the handle, with a piece of the seat behind it where two look alike. */
  readonly names: ReadonlyMap<string, string>
  readonly connection: Connection
  /** Entries read so far, while catching up. */
  readonly entriesRead: number
  /** Written here, and not in the log yet: "not sent - call!". */
  readonly unsent: number
  readonly standing: CommitteeView['standing']
  readonly cutOff: CommitteeView['cutOff']
  readonly members: number
  readonly posts: number
  readonly unreadPosts: number
  readonly liveAlarms: number
  readonly waitsForMe: number
  /** Of other committees, neither answered nor seen, that ring. */
  readonly cityCalls: number
  /** Not in the quiet hours of this phone, unless it is to be woken for NOW. */
  readonly mayCallsRing: boolean
}

export type Views = {
  readonly now: NowShown
  readonly alarms: AlarmsShown
  readonly decide: DecideShown
  readonly us: UsShown
  readonly roles: RolesShown
  readonly unity: UnityShown
  readonly concerns: readonly ConcernPage[]
  readonly charter: CharterShown
  readonly safety: SafetyShown
  readonly exposures: readonly Exposure[]
  readonly invites: readonly InviteView[]
  readonly city: CityShown
}

export type NowShown = {
  readonly checks: readonly CheckShown[]
  readonly city: CityNow
  /** Most urgent first. */
  readonly alarms: readonly AlarmShown[]
  /** By the time that is left. */
  readonly motions: readonly CardShown[]
  /** Somebody who followed our invite waits for us to compare words. */
  readonly invites: readonly InviteView[]
  /** That we owe as a delegate. */
  readonly reports: readonly OwedReport[]
  readonly meetings: readonly Meeting[]
  readonly unreadPosts: number
  readonly lastDrill: { readonly at: number; readonly inTime: number; readonly of: number } | undefined
}

export type AlarmShown = {
  readonly alarm: Alarm
  readonly summary: AlarmSummary
  /** Others on whose phones it is known to be: of these some have not seen it. */
  readonly delivered: number
  readonly isMine: boolean
  readonly myAnswer: Answer | undefined
  /** What there is to do besides waiting. */
  readonly ladder: LadderView
  /** By this device's clock; the raiser alone, for five minutes. */
  readonly cancelUntil: number | undefined
  /** We raised it or are on it: we may change what is needed, and say how it stands. */
  readonly maySteer: boolean
  /** Cancelled, and nobody has spoken to the raiser yet; it may be us. */
  readonly maySpeakTo: boolean
  /** How the person can be reached, or the phrase to ask for: for the raiser and those who are on it. */
  readonly reach: string | undefined
  /** Of a practice. */
  readonly drill: { readonly inTime: number; readonly of: number } | undefined
}

export type AlarmsShown = {
  readonly live: readonly AlarmShown[]
  /** Newest first. */
  readonly over: readonly AlarmShown[]
  /** Raised here, and not sent yet. */
  readonly unsent: readonly UnsentShown[]
}

/** Written here, and not in the log yet. */
export type UnsentShown = Pick<Unsent, 'id' | 'at'> & {
  readonly content: Exclude<KnownContent, FileContent> | FileShown
}

/** What somebody says about a file; the rest follows from its bytes. `life`: days that it can be fetched. */
export type FileWords = Pick<FileContent, 'kind' | 'name' | 'media' | 'life' | 'words' | 'replyTo'>

/** What is in the way of a file. file_gone: the relay has dropped it. file_damaged: it is not what its author sent. */
export type FileRefusal =
  | 'no_such_file'
  | 'too_large'
  | 'file_gone'
  | 'file_damaged'
  | 'offline'
  | 'alarm'
  | 'refused'
  | 'not_now'
  | 'not_member'

/** Without its keys: no page thread sees one. */
export type FileShown = Omit<FileContent, 'secret' | 'sha256'>

/** One motion without its text. */
export type CardShown = Omit<Card, 'motion'> & {
  readonly title: string | undefined
  readonly by: string | undefined
  /** When it came to where it stands. */
  readonly at: number | undefined
  /** What came of it. */
  readonly outcome: string | undefined
  readonly reviewOn: string | undefined
}

export type DecideShown = {
  readonly open: readonly Card[]
  /** Newest first, without their texts: ask for `motion`. */
  readonly done: readonly CardShown[]
  /** From before this member came, and who told it; undefined: another phone of theirs. */
  readonly earlier: readonly EarlierMotion[]
  readonly toldBy: string | undefined
}

export type UsShown = {
  readonly members: readonly (MemberView & { readonly profile: Profile; readonly isSuspended: boolean })[]
  /** The four words of now; the same on every member's device, or something is wrong. */
  readonly words: readonly string[]
}

export type RolesShown = WhoHoldsWhat & {
  /** Who speaks for the committee now. */
  readonly speaker: string | undefined
  /** Terms that a third of those who count would call back: it may be put to the vote. */
  readonly recallable: ReadonlySet<string>
}

export type UnityShown = UnityPage & {
  readonly meetings: readonly Meeting[]
  /** Whose turn it is. */
  readonly turns: Readonly<Record<'facilitator' | 'noteTaker', string | undefined>>
}

export type CharterShown = {
  readonly charter: Charter
  readonly counting: number
  readonly probationDays: CommitteeView['probationDays']
  /** Days that things are kept on this device: as agreed, or fewer. */
  readonly shelf: CommitteeView['shelf']
}

export type SafetyShown = ArrivalView &
  Pick<CommitteeView, 'standing' | 'cutOff' | 'words' | 'confirmation' | 'relay' | 'suspicions'> & {
    readonly isRelayCaught: boolean
    readonly programs: Compared
    readonly keepsAtMost: CommitteeView['keepsAtMost']
    readonly mine: MemberView | undefined
  }

export type RoomSlice = {
  /** Of all posts that are kept. */
  readonly total: number
  readonly from: number
  readonly posts: readonly PostShown[]
  /** Where what is new begins, if anything is. */
  readonly unreadFrom: number | undefined
  /** Written here and not sent yet; they stand behind the last post. */
  readonly unsent: readonly UnsentShown[]
  /** Files from here that are still on their way: so many parts of them are at the relay. */
  readonly parcels: readonly Parcel[]
}

/** `trouble`: why the last try ended. It goes on by itself. */
export type Parcel = {
  readonly id: string
  readonly content: FileShown
  readonly parts: number
  readonly trouble: FileRefusal | undefined
}

export type PostShown = Pick<Post, 'id' | 'seat' | 'at' | 'text' | 'isReplyToUnseen'> & {
  readonly file: FileShown | undefined
  readonly isMine: boolean
  readonly replies: number
  /** What it answers, shortened. */
  readonly answers:
    | {
        readonly id: string
        readonly is: 'post' | 'alarm' | 'motion'
        readonly seat: string
        readonly text: string
      }
    | undefined
}

/** Where an invite that was followed here stands. `trouble`: why the last look brought nothing. */
export type JoiningShown = {
  readonly joining: string
  readonly state: Exclude<JoinState, { readonly is: 'joined' }>
  readonly trouble: JoinFailure | undefined
}

/** `link`: to give away, to show as a code, or to print. */
export type MadeInvite = {
  readonly invite: string
  readonly link: string
}
