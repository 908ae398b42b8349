/** English sentences of the pages that are fetched late. Every other language has the same shape, or does not compile. */
import { roles } from '../en/roles.ts'

export const en = { roles }

export type LaterWords = typeof en
