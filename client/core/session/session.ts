/**
 * One committee on one device, as the CLI and the web client use it. Everything that changes the book waits its turn here, so that no
 * two steps seal from the same state. Not here: finding committees and founding or joining one (client/core/client.ts).
 */
import { ok, type Result } from '../../../shared/base/result.ts'
import type { Committee } from '../committee/committee.ts'
import { createTurns, type Turns } from '../vault/turns.ts'
import type { Book } from './book.ts'
import { watchBulletins } from './bulletinWatching.ts'
import { callFor, keepCalls, mayCall } from './calling.ts'
import { type CheckingCommands, checkingCommands } from './checking.ts'
import { type CityCommands, cityCommands } from './cityCommands.ts'
import { type ComparingCommands, comparingCommands } from './comparing.ts'
import { type DeviceCommands, deviceCommands } from './devices.ts'
import { createFiles, type Files } from './files.ts'
import { type InvitingCommands, invitingCommands } from './inviting.ts'
import { MINE } from './joinings.ts'
import { createKeeper, type OpenKeeper } from './keeper.ts'
import { type KeepingCommands, keepingCommands } from './keeping.ts'
import { leave } from './leaving.ts'
import { type Unsent, unsentIn } from './outbox.ts'
import { createPatience, type Patience } from './patience.ts'
import { handOnReach, type ReachingCommands, reachingCommands } from './reaching.ts'
import type { Halt, Progress } from './reading.ts'
import { type RingingCommands, ringingCommands } from './ringing.ts'
import { settle } from './rounds.ts'
import { createFolding } from './sayings.ts'
import { type Sending, type SpeakingCommands, speakingCommands } from './speaking.ts'
import { objectionTo, type TalkCommands, talkCommands } from './talking.ts'
import { tell } from './telling.ts'
import { tidySoon } from './tidying.ts'
import { type CommitteeView, viewOf } from './view.ts'
import { isWaking, ticketsOf } from './waking.ts'
import { watchNewest } from './watching.ts'
import type { World } from './world.ts'

export type Connection = 'offline' | 'catching_up' | 'live' | 'alarm'

/** `onBroken`: a write failed or there is a fault. Nothing is heard any more: close the vault and open it again. */
export type LiveListener = {
  readonly onProgress?: (progress: Progress) => void
  readonly onBroken?: () => void
}

export type Session = CheckingCommands &
  CityCommands &
  ComparingCommands &
  DeviceCommands &
  InvitingCommands &
  KeepingCommands &
  ReachingCommands &
  RingingCommands &
  SpeakingCommands &
  TalkCommands & {
    readonly id: string
    readonly view: () => CommitteeView
    readonly unsent: () => readonly Unsent[]
    readonly files: Files
    readonly connection: () => Connection
    /** Reads everything new, sends what waits, does what is owed. */
    readonly sync: (onProgress?: (progress: Progress) => void) => Promise<Result<undefined, Halt>>
    /** Asks to be let go. When the request has reached the log, this device forgets the committee. */
    readonly leave: () => Promise<Result<undefined, Halt | 'not_member'>>
    /** Goes on with a relay that was caught lying; the evidence is kept. */
    readonly goOn: () => Promise<void>
    /** Stays connected: `onChange` after everything that changed. The answer ends it. */
    readonly live: (onChange: () => void, more?: LiveListener) => () => void
    /** Forgets this committee on this device. */
    readonly forget: () => Promise<void>
    readonly close: () => Promise<void>
  }

/** What the parts of a session share. */
type Parts = OpenKeeper & {
  readonly turns: Turns
  readonly patience: Patience
  readonly isMember: () => boolean
  /** Reads, sends and keeps up. */
  readonly round: () => Promise<Result<undefined, Halt>>
  readonly sendNow: () => Promise<Sending>
  readonly isReading: () => boolean
}

export const createSession = (book: Book, world: World): Session => {
  let listeners = 0
  const patience = createPatience(world.clock, world.chance, () => listeners === 0)
  const parts = createParts(book, world, patience)
  const { keeper, turns } = parts
  let onProgress: (progress: Progress) => void = () => undefined
  const folding = createFolding()
  const committee = (): Committee => folding(book.sayings, book.told.get(MINE)?.begin)
  const files = createFiles({ world, ...parts, committee })
  const view = (): CommitteeView => viewOf(book, committee())
  const round = () => roundIn(parts, committee)
  return {
    id: book.id,
    files,
    view,
    unsent: () => unsentIn(book),
    connection: () => connectionOf(parts),
    sync: (listener) =>
      turns.next(async () => {
        parts.onProgress(listener ?? onProgress)
        try {
          return await round()
        } finally {
          parts.onProgress(onProgress)
        }
      }),
    ...callingCommands(parts, world, view),
    ...invitingCommands(parts),
    ...deviceCommands(parts),
    ...comparingCommands(parts),
    ...keepingCommands(parts),
    ...reachingCommands({ ...parts, committee }),
    ...talkCommands({ ...parts, view }),
    ...ringingCommands({ ...parts, view, isUpToDate: () => connectionOf(parts) === 'live' }),
    leave: () => turns.next(() => leave(keeper)),
    goOn: () =>
      turns.next(async () => {
        tell(keeper, { type: 'goOn' })
        tidySoon(keeper)
        await book.save()
      }),
    live: (onChange, more = {}) => {
      listeners++
      onProgress = more.onProgress ?? onProgress
      parts.onProgress(onProgress)
      const onBroken = more.onBroken ?? (() => undefined)
      const stay = { ...parts, world, onChange, onBroken, committee: () => view().committee }
      const bulletins = watchBulletins(stay)
      const changed = (): void => {
        bulletins.look()
        onChange()
      }
      const stop = watchNewest({ ...stay, settle: round, onChange: changed })
      return () => {
        listeners--
        stop()
        bulletins.stop()
      }
    },
    forget: () => {
      files.stop()
      return turns.next(() => book.erase())
    },
    close: () => {
      files.stop()
      return turns.last(async () => parts.relay()?.close())
    },
  }
}

/** Reads, sends and keeps up; and what only those are told who are on an alarm goes on to them. */
const roundIn = async (
  { round, isMember, keeper }: Parts,
  committee: () => Committee,
): Promise<Result<undefined, Halt>> => {
  const done = await round()
  if (!done.ok || !isMember() || !handOnReach(keeper, committee())) return done
  await keeper.book.save()
  return round()
}

/** What is said about an alarm may call the city, or stop that: nobody waits for it. */
const callingCommands = (
  parts: Parts,
  world: World,
  view: () => CommitteeView,
): CityCommands & SpeakingCommands & CheckingCommands => {
  const city = { ...parts, world, view, calling: createTurns() }
  const callSoon = (): void => void keepCalls(city).catch(() => undefined)
  return {
    ...cityCommands(city),
    ...speakingCommands({
      ...parts,
      committee: () => view().committee,
      objection: (action) => objectionTo(view(), action, world.clock()),
      onSaid: (content) => {
        if (mayCall(content.type)) callSoon()
        if (isWaking(content)) world.wake?.(ticketsOf(view()))
      },
    }),
    ...checkingCommands({
      ...city,
      onEnded: callSoon,
      callFor: (about, after) => callFor(city, about, after),
    }),
  }
}

const createParts = (book: Book, world: World, patience: Patience): Parts => {
  const open = createKeeper(book, world, patience.mayAct)
  let isReading = false
  const round = async (): Promise<Result<undefined, Halt>> => {
    isReading = true
    try {
      return book.own().status === 'parted' ? ok(undefined) : await settle(open.keeper)
    } finally {
      isReading = false
      if (book.own().status === 'parted') await book.erase()
    }
  }
  return {
    ...open,
    turns: createTurns(),
    patience,
    isMember: () => book.own().status === 'member',
    round,
    sendNow: async () => {
      await book.save()
      await round()
      return book.outgoing.keys().length === 0 ? 'sent' : 'waiting'
    },
    isReading: () => isReading,
  }
}

const connectionOf = ({ keeper, relay, isReading }: Parts): Connection => {
  if (keeper.book.own().alarmed) return 'alarm'
  if (relay()?.state() !== 'online') return 'offline'
  return isReading() ? 'catching_up' : 'live'
}
