/** Where things stand: the connection, the committee, what waits, and what this device knows of the relay's honesty. */
import { ok } from '../../../shared/base/result.ts'
import { liveAlarms } from '../../core/committee/alarmSummary.ts'
import { toOneLine } from '../../core/committee/plainText.ts'
import { plainNamesIn } from '../../core/session/names.ts'
import type { Connection } from '../../core/session/session.ts'
import type { Suspicion } from '../../core/session/state.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { askYesNo } from '../ask.ts'
import { type Command, type Context, isOn, type Outcome, refused } from '../command.ts'
import { catchUp, type Sitting, withCommittee } from '../open.ts'
import { namesIn } from '../show/names.ts'
import { standingLines } from '../show/standing.ts'
import { suspendedWords } from '../show/suspended.ts'
import { countOf, listOf, momentOf } from '../show/time.ts'
import { statusWords, suspicionWords } from '../words.ts'
import { handoverWords } from './arriving.ts'

export const status: Command = {
  usage: '[OPTIONS]',
  about: [
    'The relay cannot read anything, but it could leave things out or show different things to',
    'different members. This device keeps every sum that the relay has signed, and compares.',
    'After the relay was caught, nothing is sent to it until you say --go-on.',
  ],
  options: {
    'go-on': {
      type: 'boolean',
      help: 'use the relay again although it was caught lying; what it did stays on record',
    },
  },
  examples: ['status', 'status --go-on'],
  run: (context, input) =>
    withCommittee(context, async (sitting) =>
      isOn(input, 'go-on') ? goOn(context, sitting) : show(sitting),
    ),
}

const show = async ({ session, halt }: Sitting): Promise<Outcome> => {
  const view = session.view()
  const connection = halt === undefined ? 'live' : session.connection()
  return ok({ text: linesOf(view, connection), json: jsonOf(view, connection) })
}

const CONNECTION_WORDS: Record<Connection, string> = {
  offline: 'not connected; this is what the device knew before',
  catching_up: 'connected, still reading',
  live: 'connected, everything read',
  alarm: 'STOPPED: the relay was caught lying',
}

const linesOf = (view: CommitteeView, connection: Connection): readonly string[] => [
  `${toOneLine(view.charter.name)}: ${countOf(view.members.length, 'member')}; you are ${toOneLine(view.own.handle)}`,
  ...(view.own.status === 'member' ? [] : [statusWords(view, namesIn(view))]),
  ...suspendedWords(view, Date.now()),
  ...standingLines(view.standing, namesIn(view)),
  '',
  `Relay:      ${toOneLine(view.relay.address)}`,
  `Connection: ${CONNECTION_WORDS[connection]}`,
  `Unsent:     ${view.unsent === 0 ? 'nothing' : `${countOf(view.unsent, 'thing')}, sent as soon as the relay can be reached`}`,
  `Alarms:     ${alarmWords(view)}`,
  `For you:    ${waitingWords(view)}`,
  ...(view.own.status === 'member' ? sameStateLines(view) : []),
  '',
  ...honestyLines(view),
]

const alarmWords = ({ committee }: CommitteeView): string => {
  const open = liveAlarms(committee).length
  return open === 0 ? 'none' : `${open} open: run \`npx tocsin alarm\``
}

const waitingWords = ({ motions, invites }: CommitteeView): string => {
  const waiting =
    motions.filter((motion) => motion.isWaitingForMe).length +
    invites.filter(({ state }) => state === 'comparing').length
  return waiting === 0
    ? 'nothing waits'
    : `${countOf(waiting, 'thing waits', 'things wait')}: run \`npx tocsin approve\``
}

/** Whoever is out of it follows nothing any more, and has nothing confirmed. */
const sameStateLines = (view: CommitteeView): readonly string[] => [
  `Arrived:    ${arrivedWords(view)}`,
  ...comingLines(view),
  ...toldLines(view),
]

/** After every change of the committee the others say that they have followed it. */
const arrivedWords = ({ confirmation, members }: CommitteeView): string => {
  const { isConfirmed, arrived, of } = confirmation
  if (members.length === 1) return 'nobody else is here yet'
  if (of === 0) return 'everybody has followed the last change'
  return `${arrived} of ${of} others have followed the last change${isConfirmed ? '' : ' (not enough of us yet)'}`
}

/** While this phone is new. */
const comingLines = ({ isProvisional, handover }: CommitteeView): readonly string[] => [
  ...(isProvisional
    ? ['Provisional: not enough of the others, or not who vouched, have followed since this phone came in']
    : []),
  ...(handover?.is === 'awaited' ? [handoverWords(handover)] : []),
]

/** What was said before one came is one member's word, until a second member's phone says the same. */
const toldLines = (view: CommitteeView): readonly string[] => {
  const { by, sameBy = [], otherBy = [] } = view.told ?? {}
  if (by === undefined || (sameBy.length > 0 && otherBy.length === 0)) return []
  const names = namesIn(view)
  const what = `What stood before this phone came in (unity, roles, suspensions) it has from the phone of ${names(by)}`
  return otherBy.length > 0
    ? [`${what}. Others say something else: ${listOf(otherBy.map(names))}. Ask them in person`]
    : [`${what} alone, until another member's phone says the same`]
}

const honestyLines = ({ relay, suspicions, own }: CommitteeView): readonly string[] => [
  "What this device knows of the relay's honesty:",
  `  It has signed for ${countOf(relay.entriesRead, 'entry', 'entries')} in ${countOf(relay.headsSigned, 'log')}, and every sum was right.`.replace(
    ', and every sum was right',
    suspicions.length === 0 ? ', and every sum was right' : '',
  ),
  ...(relay.missed > 0
    ? [`  ${countOf(relay.missed, 'entry', 'entries')} were gone before this device could read them.`]
    : []),
  ...suspicions.map(
    (one) =>
      `  ${momentOf(one.at, Date.now())}: ${suspicionWords(one.kind)}${one.evidence ? ' It has signed the proof.' : ''}`,
  ),
  ...(own.alarmed
    ? [
        '',
        'Nothing is sent to this relay now. Tell the others in person what you see here. To use it again',
        'all the same: `npx tocsin status --go-on`.',
      ]
    : []),
]

const suspicionJson = ({ at, kind, epoch, device, evidence }: Suspicion): object => ({
  at: new Date(at).toISOString(),
  kind,
  epoch,
  device: device ?? null,
  isSigned: evidence !== undefined,
  sentence: suspicionWords(kind),
})

const jsonOf = (view: CommitteeView, connection: Connection): object => ({
  committee: view.id,
  name: toOneLine(view.charter.name),
  handle: plainNamesIn(view)(view.own.seat),
  status: view.own.status,
  standing: view.standing,
  connection,
  epoch: view.epoch,
  members: view.members.length,
  unsent: view.unsent,
  openAlarms: liveAlarms(view.committee).length,
  waitingForMe: view.motions.filter((motion) => motion.isWaitingForMe).length,
  confirmation: view.confirmation,
  isProvisional: view.isProvisional,
  handover: view.handover?.is ?? null,
  told: toldJson(view),
  relay: { ...view.relay, alarmed: view.own.alarmed },
  suspicions: view.suspicions.map(suspicionJson),
})

const toldJson = (view: CommitteeView): object | null => {
  const names = plainNamesIn(view)
  const { told } = view
  if (told?.by === undefined) return null
  return { by: names(told.by), sameBy: told.sameBy.map(names), otherBy: told.otherBy.map(names) }
}

const goOn = async (context: Context, { session }: Sitting): Promise<Outcome> => {
  if (!session.view().own.alarmed)
    return ok({ text: ['Nothing has to be decided: the relay is in use.'], json: { goesOn: true } })
  const sure = await askYesNo(context, 'This relay was caught lying. Use it again?')
  if (sure !== true) return refused('not_sure', 'Nothing was changed: nothing is sent to this relay.')
  await session.goOn()
  const halt = await catchUp(context, session)
  return halt === 'alarm'
    ? refused('relay_lied', 'It was caught again at once: found the committee again on another relay.', 4)
    : ok({ text: ['The relay is in use again. What it did stays on record.'], json: { goesOn: true } })
}
