/** Reads, sends what waits, does what the committee is owed, and ends. */
import { ok } from '../../../shared/base/result.ts'
import type { Command } from '../command.ts'
import { refused } from '../command.ts'
import { catchUp, nameOfCommittee, withVault } from '../open.ts'
import { countOf } from '../show/time.ts'
import { HALT_WORDS, haltRefusal, STATUS_WORDS } from '../words.ts'

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
      const meant = committees.filter(
        (session) =>
          context.committee === undefined ||
          session.id === context.committee ||
          nameOfCommittee(session).toLowerCase() === context.committee.toLowerCase(),
      )
      if (meant.length === 0)
        return refused(
          'no_committee',
          'There is no such committee on this device: run `npx tocsin committees`.',
        )
      const text: string[] = []
      const json: object[] = []
      let exit: 0 | 1 | 2 | 3 | 4 = 0
      for (const session of meant) {
        const halt = await catchUp(context, session)
        const { unsent, own, epoch } = session.view()
        if (halt !== undefined) exit = HALT_WORDS[halt].exit > exit ? HALT_WORDS[halt].exit : exit
        const name = nameOfCommittee(session)
        text.push(`${name}: ${halt === undefined ? lineFor(unsent) : haltRefusal(halt).sentence}`)
        if (own.status !== 'member') text.push(`  ${STATUS_WORDS[own.status]}`)
        json.push({ committee: session.id, name, epoch, unsent, status: own.status, halt: halt ?? null })
      }
      return ok({ text, json: { committees: json }, exit })
    }),
}

const lineFor = (unsent: number): string =>
  unsent === 0 ? 'up to date.' : `read; ${countOf(unsent, 'thing')} of yours still to send.`
