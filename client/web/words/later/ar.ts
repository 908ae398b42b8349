/** Arabic sentences of the pages that are fetched late. */
import { bell } from '../ar/bell.ts'
import { care } from '../ar/care.ts'
import { check } from '../ar/check.ts'
import { city } from '../ar/city.ts'
import { exposure } from '../ar/exposure.ts'
import { files } from '../ar/files.ts'
import { motions } from '../ar/motions.ts'
import { people } from '../ar/people.ts'
import { roles } from '../ar/roles.ts'
import { rules } from '../ar/rules.ts'
import { safety, standing } from '../ar/safety.ts'
import { share } from '../ar/share.ts'
import { trust } from '../ar/trust.ts'
import { charter, invites, unity, us } from '../ar/us.ts'
import type { LaterWords } from './en.ts'

export const ar: LaterWords = {
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
