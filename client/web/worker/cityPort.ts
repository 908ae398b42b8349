/** What a page asks about the city, about telling it of an alarm, and about "check on me". Not here: what delegates say to each other, which goes by `say`. */
import type { AlarmKind, Severity } from '../../core/committee/alarmWords.ts'
import type { Ring1 } from '../../core/committee/ring.ts'
import type { CheckFailure, EndFailure } from '../../core/session/checking.ts'
import type { CityFailure } from '../../core/session/cityCommands.ts'
import type { CardWords, MotionWords } from '../../core/session/cityMotions.ts'
import type { Decided, DecideRefusal } from '../../core/session/deciding.ts'
import type { Preview } from '../../core/session/sharing.ts'
import type { Sending } from '../../core/session/speaking.ts'
import type { Ask, In } from './asks.ts'
import type { RingTable } from './ringTable.ts'

/** What the committee says for itself to the city, and the words of the page's language for the rest. */
export type ShareAsked = In & {
  readonly alarm: string
  readonly demand: string
  readonly ask: string
  readonly workplace?: string
  readonly table: RingTable
}

export type CityRequests = {
  /** `assembly`: a group that this device is in. */
  readonly cityJoin: Ask<
    In & { readonly assembly: string } & CardWords & MotionWords,
    Decided,
    DecideRefusal | 'in_city'
  >
  readonly cityLeave: Ask<In & MotionWords, Decided, DecideRefusal | 'no_city'>
  /** Goes to all committees when a second member confirms it. */
  readonly cityAlert: Ask<In & { readonly text: string }, { readonly letter: string }, CityFailure>
  readonly cityConfirm: Ask<In & { readonly letter: string }, undefined, CityFailure>
  readonly cityOnIt: Ask<In & { readonly to: string; readonly text: string }, undefined, CityFailure>
  /** "I see it": it waits for this member no more. Nobody is told. */
  readonly citySeen: Ask<In & { readonly call: string }>

  /** Takes the duty of a week for the committee, or gives it back. */
  readonly takeDuty: Ask<In & { readonly term: number; readonly isOn: boolean }, undefined, CityFailure>
  /** Exactly what those on duty in the city would see. */
  readonly duty: Ask<In & { readonly alarm: string }, Ring1, 'no_city' | 'no_such_alarm'>
  /** Exactly what the whole city would read, and what is in the way. */
  readonly sharePreview: Ask<ShareAsked, Preview, 'no_city' | 'no_such_alarm'>
  /** `text`: as it was shown. Put to the vote, word for word. */
  readonly sharePut: Ask<
    ShareAsked & MotionWords,
    Decided,
    DecideRefusal | 'no_city' | 'no_such_alarm' | 'in_the_way' | 'other_text'
  >

  /** The relay has it when this is answered. */
  readonly startCheck: Ask<
    In & {
      readonly minutes: number
      readonly note?: string
      readonly kind: AlarmKind
      readonly severity: Severity
      readonly facts: string
    },
    Sending,
    CheckFailure
  >
  /** "I have spoken to them." */
  readonly endCheck: Ask<In & { readonly check: string }, Sending, EndFailure>
}
