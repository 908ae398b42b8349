/**
 * The language of the page: its words and formats, fetched when it is chosen and kept by this browser. What a phone shows first comes first, the rest with the
 * first page that is fetched late (parts/Later.svelte). Not here: the words.
 */
import { untrack } from 'svelte'
import type { Words } from './en.ts'
import type { LaterWords } from './later/en.ts'
import { type Formats, formatsOf } from './plural.ts'

export const LANGUAGES = { en: 'English', es: 'Español', ar: 'العربية' } as const
export type Language = keyof typeof LANGUAGES

const FROM_RIGHT: readonly Language[] = ['ar']

const load = async (language: Language): Promise<Words> => {
  if (language === 'es') return (await import('./es.ts')).es
  if (language === 'ar') return (await import('./ar.ts')).ar
  return (await import('./en.ts')).en
}

const loadLater = async (language: Language): Promise<LaterWords> => {
  if (language === 'es') return (await import('./later/es.ts')).es
  if (language === 'ar') return (await import('./later/ar.ts')).ar
  return (await import('./later/en.ts')).en
}

type Spoken = {
  readonly language: Language
  readonly words: Words
  readonly later: LaterWords | undefined
  readonly formats: Formats
}
let spoken = $state.raw<Spoken>()
let isLaterToo = false
/** What was chosen last: it counts, whichever comes first. */
let chosen: Language | undefined

/** Before anything is shown, and whenever somebody chooses another one. */
export const speak = async (language: Language): Promise<void> => {
  chosen = language
  const [words, later] = await Promise.all([load(language), isLaterToo ? loadLater(language) : undefined])
  if (language !== chosen) return
  if (isLaterToo && !later) return speak(language)
  spoken = { language, words, later, formats: formatsOf(language) }
  const { documentElement } = document
  documentElement.lang = language
  documentElement.dir = FROM_RIGHT.includes(language) ? 'rtl' : 'ltr'
}

/** Before a page is shown that is fetched late. */
export const speakLater = async (): Promise<void> => {
  const { language, later } = untrack(now)
  if (later) return
  const words = await loadLater(language)
  isLaterToo = true
  if (language !== untrack(now).language) return speakLater()
  spoken = { ...untrack(now), later: words }
}

const now = (): Spoken => {
  if (!spoken) throw new Error('no language was chosen yet')
  return spoken
}

export const language = (): Language => now().language
export const say = (): Words => now().words
export const formats = (): Formats => now().formats
/** The sentences of pages that are fetched late. */
export const sayLater = (): LaterWords => {
  const { later } = now()
  if (!later) throw new Error('these words were not fetched yet')
  return later
}
