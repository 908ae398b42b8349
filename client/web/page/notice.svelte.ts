/** One line at the edge of the screen about what was just done, read out by screen readers. The next one takes its place. */
import type { Sending } from '../../core/session/session.ts'
import { say } from '../words/say.svelte.ts'

let text = $state('')

export const notice = (): string => text
export const tell = (sentence: string): void => {
  text = sentence
}
export const unsay = (): void => {
  text = ''
}

/** Nothing is said to be sent that is not in the log. */
export const tellSending = (is: Sending | 'done'): void =>
  tell(is === 'waiting' ? `${say().common.notSent} ${say().common.notSentHint}` : say().common.sent)
