/** English, as far as a phone shows it first: the lock, the first page, Now and alarms. The rest is in later/. Every other language has the same shape, or does not compile. */
import { alarm } from './en/alarm.ts'
import { begin } from './en/begin.ts'
import { decide } from './en/decide.ts'
import { common, now, shell, talk } from './en/shell.ts'
import { fields, why } from './en/why.ts'

export const en = { begin, common, shell, now, talk, alarm, decide, why, fields }

export type Words = typeof en
