/** What somebody chose for this browser, and what may be known of them while the vault is locked: a language, a size of letters, when to lock. */
import { LANGUAGES, type Language } from '../words/say.svelte.ts'

const NAMES = {
  language: 'language',
  size: 'size',
  lock: 'lockAfter',
  name: 'name',
  previews: 'previews',
  bellWords: 'bellWords',
} as const

export const SIZES = ['100', '125', '150', '200'] as const
export type Size = (typeof SIZES)[number]

/** Minutes without a touch after which the vault is locked. */
export const LOCK_MINUTES = [1, 5, 15, 60] as const
const LOCK_DEFAULT = 15

const isLanguage = (text: string | null): text is Language => text !== null && text in LANGUAGES

/** The one that was chosen, or the first that the browser asks for. */
export const chosenLanguage = (): Language => {
  const chosen = localStorage.getItem(NAMES.language)
  if (isLanguage(chosen)) return chosen
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? 'en'
}

export const chooseLanguage = (language: Language): void => localStorage.setItem(NAMES.language, language)

export const chosenSize = (): Size =>
  SIZES.find((size) => size === localStorage.getItem(NAMES.size)) ?? SIZES[0]

/** Applied at once: the style sheet knows the sizes. */
export const chooseSize = (size: Size): void => {
  localStorage.setItem(NAMES.size, size)
  document.documentElement.dataset.size = size
}

export const chosenLock = (): number =>
  LOCK_MINUTES.find((minutes) => String(minutes) === localStorage.getItem(NAMES.lock)) ?? LOCK_DEFAULT

/** Names that say nothing, for the list of open pages and what a browser remembers. Their words: shell.names. */
export const NEUTRAL = ['shifts', 'notes', 'shopping'] as const
export type NeutralName = (typeof NEUTRAL)[number]

/** Undefined: every screen goes by its own. */
export const chosenName = (): NeutralName | undefined =>
  NEUTRAL.find((name) => name === localStorage.getItem(NAMES.name))

export const chooseName = (name: NeutralName | ''): void => localStorage.setItem(NAMES.name, name)

/** Whether lists say only what kind of thing each is, and the words of members stand on its own page alone. */
export const hidesPreviews = (): boolean => localStorage.getItem(NAMES.previews) === 'hidden'

export const choosePreviews = (is: 'shown' | 'hidden'): void => localStorage.setItem(NAMES.previews, is)

/** What a ring shows on a locked screen: words that say nothing (words/<language>/bell.ts). */
export const BELL_WORDS = ['reminder', 'shift', 'calendar'] as const
export type BellWords = (typeof BELL_WORDS)[number]

export const chosenBellWords = (): BellWords =>
  BELL_WORDS.find((words) => words === localStorage.getItem(NAMES.bellWords)) ?? BELL_WORDS[0]

export const chooseBellWords = (words: BellWords): void => localStorage.setItem(NAMES.bellWords, words)

export const chooseLock = (minutes: number): void => localStorage.setItem(NAMES.lock, String(minutes))
