/** All sentences in Arabic. */

import { alarm } from './ar/alarm.ts'
import { begin } from './ar/begin.ts'
import { decide } from './ar/decide.ts'
import { exposure } from './ar/exposure.ts'
import { files } from './ar/files.ts'
import { safety, standing } from './ar/safety.ts'
import { common, now, shell, talk } from './ar/shell.ts'
import { trust } from './ar/trust.ts'
import { charter, invites, unity, us } from './ar/us.ts'
import { fields, why } from './ar/why.ts'
import type { Words } from './en.ts'

export const ar: Words = {
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
  trust,
  why,
  fields,
}
