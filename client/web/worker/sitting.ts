/**
 * A committee that is kept open: it stays connected, and the page hears what looks different from what it was shown last. Not here: what is shown (views.ts,
 * room.ts), what members say and decide (committeeRequests.ts).
 */
import { toHex } from '../../../shared/base/text.ts'
import { randomBytes } from '../../../shared/crypto/sodium.ts'
import { keptIn } from '../../core/session/lifeView.ts'
import { markCall, newsIn, readMarks, writeMarks } from '../../core/session/readMarks.ts'
import type { Session } from '../../core/session/session.ts'
import type { World } from '../../core/session/world.ts'
import type { Vault } from '../../core/vault/vault.ts'
import { openBell } from './bell.ts'
import { cityShown } from './cityShown.ts'
import { createParcels, type Parcels } from './parcels.ts'
import type { WorkerEvent } from './port.ts'
import { createRoomPrint } from './room.ts'
import type { Frame, Views } from './shown.ts'
import { frameOf, type Glance, VIEWS } from './views.ts'

export type Sitting = {
  readonly session: Session
  readonly parcels: Parcels
  readonly glance: () => Glance
  readonly frame: () => Frame
  readonly look: <V extends keyof Views>(view: V) => Views[V]
  /** Slices were asked for: changes of the room are told from now on. */
  readonly lookAtRoom: () => Glance
  readonly markRead: () => Promise<void>
  /** "I see it." */
  readonly markCall: (call: string) => Promise<void>
  /** Soon: something may have changed. */
  readonly touch: () => void
  /** Connects, and is loud when it is time; before, it shows what is kept. */
  readonly begin: () => void
  readonly close: () => Promise<void>
}

type Around = {
  readonly vault: Vault
  readonly world: World
  readonly tell: (event: WorkerEvent) => void
  /** This device has no part in it any more, and has forgotten it. */
  readonly onGone: () => void
  readonly onBroken: () => void
  /** Something was said here. */
  readonly onChange: () => void
  readonly groups: () => readonly Session[]
  readonly isForbidden: (host: string) => boolean
}

/** Milliseconds that changes are gathered for: a catch-up is many. */
const GATHER_MS = 80
/** Milliseconds after which time alone may have changed something: a term, a deadline, an alarm gone quiet. */
const TIDE_MS = 30_000

type Watched = keyof Views | 'room'

export const openSitting = (session: Session, around: Around): Sitting => {
  const { vault, world, isForbidden } = around
  const page = createPage(session, around, () => glance())
  const parcels = createParcels({
    committee: session.id,
    files: session.files,
    vault,
    newName: () => toHex(randomBytes(8)),
    onChange: page.touch,
    onBroken: around.onBroken,
  })
  let marks = readMarks(vault, session.id)
  let entriesRead = 0
  let end: (() => void) | undefined

  const glance = (): Glance => {
    const connection = session.connection()
    if (connection !== 'catching_up') entriesRead = 0
    const [view, unsent, nowMs] = [session.view(), session.unsent(), world.clock()]
    const kept = keptIn(view, nowMs)
    const unread = newsIn(kept, marks).posts.filter(({ seat }) => seat !== view.own.seat)
    const ground = { isForbidden, seen: marks.calls, hour: new Date(nowMs).getHours() }
    const city = once(() => cityShown(session, { ...ground, groups: around.groups() }))
    const rest = { connection, entriesRead, nowMs, city, reachOf: session.reachOf }
    return { view, kept, unread, unsent, parcels: parcels.waiting(), ...rest }
  }
  const mark = async (written: Promise<void>): Promise<void> => {
    await written
    marks = readMarks(vault, session.id)
    page.touch()
  }
  const onEntries = (count: number): void => {
    entriesRead += count
    page.touch()
  }
  return {
    session,
    parcels,
    glance,
    frame: page.frame,
    look: page.look,
    lookAtRoom: page.lookAtRoom,
    markRead: () => mark(writeMarks(vault, session.id, session.view().committee)),
    markCall: (call) => mark(markCall(vault, session.id, call)),
    touch: page.touch,
    begin: () => {
      end ??= live({ ...around, session, parcels, touch: page.touch, onEntries })
    },
    close: async () => {
      page.close()
      end?.()
      await session.close()
    },
  }
}

type Living = Around &
  Pick<Sitting, 'session' | 'parcels' | 'touch'> & { readonly onEntries: (count: number) => void }

/** The answer ends it. */
const live = ({ session, parcels, touch, onEntries, ...around }: Living): (() => void) => {
  const bell = openBell(session, around)
  const heard = (): void => {
    touch()
    bell.look()
    around.onChange()
  }
  const end = session.live(heard, {
    onProgress: ({ entries }) => onEntries(entries),
    onBroken: around.onBroken,
  })
  let cancelTide: () => void = () => undefined
  const tide = (): void => {
    touch()
    parcels.tend()
    cancelTide = around.world.timer(TIDE_MS, tide)
  }
  tide()
  return () => {
    bell.close()
    cancelTide()
    end()
  }
}

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly it: T } | undefined
  return () => {
    made ??= { it: make() }
    return made.it
  }
}

type OnPage = Pick<Sitting, 'frame' | 'look' | 'lookAtRoom' | 'touch'> & { readonly close: () => void }

/** What the page has seen, and what it is told when that looks different. */
const createPage = (session: Session, { world, tell, onGone }: Around, glance: () => Glance): OnPage => {
  const seen = createSeen()
  let isOver = false
  let cancel: (() => void) | undefined

  const publish = (): void => {
    cancel = undefined
    if (isOver) return
    const now = glance()
    if (now.view.own.status === 'parted') {
      onGone()
      return
    }
    if (seen.isNew('frame', now)) tell({ is: 'frame', frame: frameOf(now) })
    const views = seen.changed(now)
    if (views.length > 0) tell({ is: 'changed', committee: session.id, views })
  }
  return {
    frame: () => {
      const now = glance()
      seen.isNew('frame', now)
      return frameOf(now)
    },
    look: (view) => {
      const now = glance()
      seen.isNew(view, now)
      return VIEWS[view](now)
    },
    lookAtRoom: () => {
      const now = glance()
      seen.isNew('room', now)
      return now
    },
    touch: () => {
      if (!isOver) cancel ??= world.timer(GATHER_MS, publish)
    },
    close: () => {
      isOver = true
      cancel?.()
    },
  }
}

type Seen = {
  /** Whether it looks different from when the page saw it last; from now on this is what it saw. */
  readonly isNew: (what: Watched | 'frame', now: Glance) => boolean
  /** Of all that the page has ever asked for. */
  readonly changed: (now: Glance) => readonly Watched[]
}

const createSeen = (): Seen => {
  const seen = new Map<Watched | 'frame', string>()
  const roomPrint = createRoomPrint()
  const isNew: Seen['isNew'] = (what, now) => {
    const print = what === 'room' ? roomPrint(now) : printOf(what, now)
    const before = seen.get(what)
    seen.set(what, print)
    return before !== print
  }
  return {
    isNew,
    changed: (now) => [...seen.keys()].filter((what) => what !== 'frame').filter((what) => isNew(what, now)),
  }
}

const printOf = (what: keyof Views | 'frame', now: Glance): string =>
  JSON.stringify(what === 'frame' ? frameOf(now) : VIEWS[what](now), plain)

const plain = (_key: string, value: unknown): unknown =>
  value instanceof Map || value instanceof Set ? [...value] : value
