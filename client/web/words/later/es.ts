/** Spanish sentences of the pages that are fetched late. */
import { bell } from '../es/bell.ts'
import { care } from '../es/care.ts'
import { check } from '../es/check.ts'
import { city } from '../es/city.ts'
import { exposure } from '../es/exposure.ts'
import { files } from '../es/files.ts'
import { motions } from '../es/motions.ts'
import { people } from '../es/people.ts'
import { roles } from '../es/roles.ts'
import { rules } from '../es/rules.ts'
import { safety, standing } from '../es/safety.ts'
import { share } from '../es/share.ts'
import { trust } from '../es/trust.ts'
import { charter, invites, unity, us } from '../es/us.ts'
import type { LaterWords } from './en.ts'

export const es: LaterWords = {
  rules,
  motions,
  people,
  us,
  care,
  bell,
  invites,
  unity,
  charter,
  roles,
  files,
  safety,
  city,
  share,
  check,
  exposure,
  standing,
  trust,
}
