/** English sentences of the pages that are fetched late. Every other language has the same shape, or does not compile. */
import { bell } from '../en/bell.ts'
import { care } from '../en/care.ts'
import { check } from '../en/check.ts'
import { city } from '../en/city.ts'
import { exposure } from '../en/exposure.ts'
import { files } from '../en/files.ts'
import { motions } from '../en/motions.ts'
import { people } from '../en/people.ts'
import { roles } from '../en/roles.ts'
import { rules } from '../en/rules.ts'
import { safety, standing } from '../en/safety.ts'
import { share } from '../en/share.ts'
import { trust } from '../en/trust.ts'
import { charter, invites, unity, us } from '../en/us.ts'

export const en = {
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

export type LaterWords = typeof en
