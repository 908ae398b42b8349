/** All English sentences. Every other language has the same shape, or does not compile. */
import { alarm } from './en/alarm.ts'
import { begin } from './en/begin.ts'
import { decide } from './en/decide.ts'
import { exposure } from './en/exposure.ts'
import { files } from './en/files.ts'
import { safety, standing } from './en/safety.ts'
import { common, now, shell, talk } from './en/shell.ts'
import { trust } from './en/trust.ts'
import { charter, invites, unity, us } from './en/us.ts'
import { fields, why } from './en/why.ts'

export const en = {
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

export type Words = typeof en
