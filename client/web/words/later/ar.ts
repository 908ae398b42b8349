/** Arabic sentences of the pages that are fetched late. */
import { roles } from '../ar/roles.ts'
import type { LaterWords } from './en.ts'

export const ar: LaterWords = { roles }
