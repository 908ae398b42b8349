/** Arabic sentences of the pages that are fetched late. */
import { exposure } from '../ar/exposure.ts'
import { files } from '../ar/files.ts'
import { roles } from '../ar/roles.ts'
import { safety, standing } from '../ar/safety.ts'
import { trust } from '../ar/trust.ts'
import { charter, invites, unity, us } from '../ar/us.ts'
import type { LaterWords } from './en.ts'

export const ar: LaterWords = { us, invites, unity, charter, roles, files, safety, exposure, standing, trust }
