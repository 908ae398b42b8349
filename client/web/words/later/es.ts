/** Spanish sentences of the pages that are fetched late. */
import { roles } from '../es/roles.ts'
import type { LaterWords } from './en.ts'

export const es: LaterWords = { roles }
