/** Spanish, as far as a phone shows it first. */
import type { Words } from './en.ts'
import { alarm } from './es/alarm.ts'
import { begin } from './es/begin.ts'
import { decide } from './es/decide.ts'
import { common, now, shell, talk } from './es/shell.ts'
import { fields, why } from './es/why.ts'

export const es: Words = { begin, common, shell, now, talk, alarm, decide, why, fields }
