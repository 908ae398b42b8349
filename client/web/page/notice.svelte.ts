/**
 * One line at the edge of the screen about what was just done, read out by screen readers. The next one takes its place, and it goes by itself: it lies over what
 * stands below it, and what is not sent yet stands above every page.
 */
import type { Sending } from '../../core/session/speaking.ts'
import { say } from '../words/say.svelte.ts'

const STAYS_MS = 6000
let text = $state('')
let timer: ReturnType<typeof setTimeout> | undefined

export const notice = (): string => text
export const tell = (sentence: string): void => {
  unsay()
  text = sentence
  timer = setTimeout(unsay, STAYS_MS)
}
export const unsay = (): void => {
  clearTimeout(timer)
  text = ''
}

/** Nothing is said to be sent that is not in the log. */
export const tellSending = (is: Sending | 'done'): void =>
  tell(is === 'waiting' ? `${say().common.notSent} ${say().common.notSentHint}` : say().common.sent)
