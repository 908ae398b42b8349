/** English: "check on me". */
import { isolated } from '../plural.ts'

export const check = {
  title: 'Check on me',
  lead: 'Before a meeting or a talk that may go wrong. The alarm waits sealed at the relay and opens by itself, even if this phone is taken. Nobody can read it before.',
  honest:
    'You cannot stop it alone: whoever takes your phone could. Others stop it when they have spoken to you.',
  minutes: 'In how long shall we ask where you are?',
  note: 'What do the others see until then? A code word is enough.',
  kind: 'What would it be?',
  facts: 'What shall the alarm say if you do not answer?',
  start: 'START',
  started: 'It runs. The relay has it, and this phone is not needed for it any more.',
  offline: 'NOT STARTED: the relay cannot be reached, and nothing waits anywhere. Tell somebody by voice.',
  running: (name: string) => `Check on ${isolated(name)}`,
  mine: 'The others check on you',
  left: (span: string) => `The alarm opens in ${span}.`,
  due: 'Its time is over: the alarm opens now.',
  opened: 'The alarm is open.',
  spoken: (n: string, of: string) => `${n} of ${of} have spoken to them.`,
  end: 'I have spoken to them',
  endHint: 'Only if you have heard their voice, and they are well.',
  ended: 'You have said so. One more of us has to.',
  safe: 'I am safe',
  safeHint: 'Everybody reads it, and the alarm still waits: somebody has to speak to you first.',
  safeText: 'What shall they read?',
  safeWords: 'I am safe. Please speak to me, then say so here.',
  none: 'Nobody has asked to be checked on.',
  go: 'Check on me: a meeting or a talk that may go wrong',
  bad: 'Say it in fewer words, in one line.',
}
