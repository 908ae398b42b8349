/** All sentences in Spanish. */
import type { Words } from './en.ts'
import { alarm } from './es/alarm.ts'
import { begin } from './es/begin.ts'
import { decide } from './es/decide.ts'
import { exposure } from './es/exposure.ts'
import { files } from './es/files.ts'
import { safety, standing } from './es/safety.ts'
import { common, now, shell, talk } from './es/shell.ts'
import { trust } from './es/trust.ts'
import { charter, invites, unity, us } from './es/us.ts'
import { fields, why } from './es/why.ts'

export const es: Words = {
  begin,
  common,
  shell,
  now,
  talk,
  alarm,
  decide,
  us,
  invites,
  unity,
  charter,
  files,
  safety,
  exposure,
  standing,
  why,
  fields,
  trust,
}
