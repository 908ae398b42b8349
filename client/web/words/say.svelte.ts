/** The language of the page: its words and formats, fetched when it is chosen and kept by this browser. Not here: the words. */
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

type Spoken = { readonly language: Language; readonly words: Words; readonly formats: Formats }
let spoken = $state.raw<Spoken>()
let later = $state.raw<{ readonly language: Language; readonly words: LaterWords }>()

/** Before anything is shown, and whenever somebody chooses another one. */
export const speak = async (language: Language): Promise<void> => {
  const words = await load(language)
  spoken = { language, words, formats: formatsOf(language) }
  const { documentElement } = document
  documentElement.lang = language
  documentElement.dir = FROM_RIGHT.includes(language) ? 'rtl' : 'ltr'
}

/** Before a page is shown that is fetched late. */
export const speakLater = async (): Promise<void> => {
  const { language } = now()
  if (later?.language !== language) later = { language, words: await loadLater(language) }
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
  if (!later) throw new Error('these words were not fetched yet')
  return later.words
}
