/** The steps of a motion that say no more than which motion. What must not be is refused with what to do instead. */
import { ok } from '../../../shared/base/result.ts'
import type { DecideStep } from '../../core/session/decideContent.ts'
import type { Waits } from '../../core/session/decideView.ts'
import type { Command } from '../command.ts'
import { doStep, needMotion } from '../motionChoice.ts'
import { proceed } from '../steps.ts'

type Plain = Extract<
  DecideStep['do'],
  'second' | 'fix' | 'waive' | 'close' | 'confirm' | 'extend' | 'recount' | 'standDown' | 'withdraw' | 'lapse'
>

type Simple = {
  readonly do: Plain
  readonly name: string
  readonly about: readonly string[]
  readonly sent: string
}

/** Those that say no more than which motion. */
const simple = ({ do: what, name, about, sent }: Simple): Command => ({
  usage: '[ID]',
  about: [...about, 'Without an id: the one that waits for it.'],
  takes: 1,
  examples: [`motion ${name}`, `motion ${name} 3fa2`],
  run: (context, input) =>
    doStep(context, {
      id: input.positionals[0],
      ...(isWaited(what) ? { waits: what } : {}),
      sent,
      step: (motion) => proceed(needMotion(motion), ({ id }) => ok<DecideStep>({ do: what, motion: id })),
    }),
})

const isWaited = (what: Plain): what is Plain & Waits =>
  !['extend', 'recount', 'standDown', 'withdraw', 'lapse'].includes(what)

export const motionSecond = simple({
  do: 'second',
  name: 'second',
  about: ['It should be talked about. That is not a yes.'],
  sent: 'Seconded.',
})

export const motionFix = simple({
  do: 'fix',
  name: 'fix',
  about: [
    'The time to talk is over: from here on the text stays as it is. By whoever asked, or by two others. Changes that were put',
    'to the vote are counted now.',
  ],
  sent: 'You say that the text stays as you see it. The word of whoever asked is enough, or that of two others.',
})

export const motionWaive = simple({
  do: 'waive',
  name: 'waive',
  about: ['You do not need it in a language of yours.'],
  sent: 'You need no translation.',
})

export const motionClose = simple({
  do: 'close',
  name: 'close',
  about: ['The time to vote is over, and an hour more. Another member counts again and confirms it.'],
  sent: 'You say that the vote is over.',
})

export const motionConfirm = simple({
  do: 'confirm',
  name: 'confirm',
  about: ['Somebody closed the vote, and you count the same: that is the end of it.'],
  sent: 'You counted the same.',
})

export const motionExtend = simple({
  do: 'extend',
  name: 'extend',
  about: [
    'The time to vote is over and too few have voted: once, the vote goes on for as long again. Two of you say so. If there are',
    'too few after that, too, it is over.',
  ],
  sent: 'You would let the vote go on.',
})

export const motionRecount = simple({
  do: 'recount',
  name: 'recount',
  about: [
    'You doubt how a vote ended, within a day. If a third of you does and it was not carried, the vote goes on, and one',
    'member more has to agree that it is over. What was carried stays carried, and everybody sees who doubts it.',
  ],
  sent: 'You would count again.',
})

export const motionStandDown = simple({
  do: 'standDown',
  name: 'stand-down',
  about: [
    'You are up for election and do not want to be, until voting opens. Nobody puts you forward again but you',
    'yourself: `motion candidate`.',
  ],
  sent: 'You do not stand.',
})

export const motionWithdraw = simple({
  do: 'withdraw',
  name: 'withdraw',
  about: ['You take back what you asked, until voting opens.'],
  sent: 'Withdrawn.',
})

export const motionLapse = simple({
  do: 'lapse',
  name: 'lapse',
  about: [
    'Nobody seconds it for a week: two others let it lapse. What is talked about and leads nowhere lapses when more than half of',
    'you say so.',
  ],
  sent: 'You would let it lapse.',
})
