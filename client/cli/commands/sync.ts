/** Reads, sends what waits, does what the committee is owed, and ends. */
import { ok } from '../../../shared/base/result.ts'
import { keepCities } from '../../core/session/cityCarrying.ts'
import type { Session } from '../../core/session/session.ts'
import { type Command, type Context, type Done, type Exit, refused } from '../command.ts'
import { RESUME } from '../fileWords.ts'
import { catchUp, isMeant, nameOfCommittee, withVault } from '../open.ts'
import { namesIn } from '../show/names.ts'
import { countOf } from '../show/time.ts'
import { HALT_WORDS, statusWords } from '../words.ts'

export const sync: Command = {
  usage: '',
  about: [
    'For every committee on this device, or the one that --committee names: reads what is new,',
    'sends what waits, and does what others wait for, such as letting in whom you decided on.',
    'Good for a timer: run it now and then, and the others wait less.',
  ],
  examples: ['sync'],
  run: (context) =>
    withVault(context, async ({ committees }) => {
      const meant = committees.filter((session) => isMeant(session, context.committee))
      if (meant.length === 0)
        return refused(
          'no_committee',
          'There is no such committee on this device: run `npx tocsin committees`.',
        )
      const done: Done[] = []
      for (const session of meant) done.push(await syncOne(context, session))
      await keepCities(committees)
      return ok({
        text: done.flatMap(({ text }) => text),
        json: { committees: done.map(({ json }) => json) },
        exit: done.reduce<Exit>((worst, { exit = 0 }) => (exit > worst ? exit : worst), 0),
      })
    }),
}

const syncOne = async (context: Context, session: Session): Promise<Done> => {
  const halt = await catchUp(context, session)
  const view = session.view()
  const { unsent, own, epoch } = view
  const files = session.files.list().filter(({ state }) => state.is === 'sending').length
  const name = nameOfCommittee(session)
  const how = halt === undefined ? lineFor(unsent) : HALT_WORDS[halt].sentence
  return {
    text: [
      `${name}: ${how}`,
      ...(own.status === 'member' ? [] : [`  ${statusWords(view, namesIn(view))}`]),
      ...(files === 0 ? [] : [`  ${countOf(files, 'file')} of yours on the way: go on with ${RESUME}.`]),
    ],
    json: { committee: session.id, name, epoch, unsent, files, status: own.status, halt: halt ?? null },
    exit: halt === undefined ? 0 : HALT_WORDS[halt].exit,
  }
}

const lineFor = (unsent: number): string =>
  unsent === 0 ? 'up to date.' : `read; ${countOf(unsent, 'thing')} of yours still to send.`
