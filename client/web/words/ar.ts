/** Arabic, as far as a phone shows it first. */

import { alarm } from './ar/alarm.ts'
import { begin } from './ar/begin.ts'
import { decide } from './ar/decide.ts'
import { common, now, shell, talk } from './ar/shell.ts'
import { fields, why } from './ar/why.ts'
import type { Words } from './en.ts'

export const ar: Words = { begin, common, shell, now, talk, alarm, decide, why, fields }
