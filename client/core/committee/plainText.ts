/**
 * Text that is safe to show: on a terminal, in a list, beside somebody's name. Used for what comes in from others
 * and for whatever the command line prints. Not here: how long a text may be (content.ts).
 *
 * The sets are written out instead of \p{...}, so that every engine draws the same line, whatever its Unicode version.
 */

/**
 * Controls (C0 without tab and newline, delete, C1 with its one-byte escape introducers), the two separators that some
 * terminals break lines at, interlinear annotation, the noncharacters and lone surrogates. Escape sequences begin here.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what this finds
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]/u

/** Embeddings, overrides and isolates: they let a text reorder what stands next to it. Marks (U+200E, U+200F) may stay. */
const BIDI = /[\u202a-\u202e\u2066-\u2069]/u

/** What nobody can see and no name needs: soft hyphen, zero-width and joining marks, fillers, selectors, tags. */
const UNSEEN =
  /[\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2060-\u206f\u2800\u3164\ufeff\uffa0]|\u034f|[\u17b4-\u17b5]|[\u180b-\u180d\u180f\ufe00-\ufe0f]|[\u{e0000}-\u{e01ef}]/u

const everywhere = (set: RegExp): RegExp => new RegExp(set.source, 'gu')
const CONTROLS = everywhere(CONTROL)
const BIDIS = everywhere(BIDI)
const UNSEENS = everywhere(UNSEEN)

/** Any string, made safe to print: line ends become newlines, controls a visible U+FFFD, reordering controls go. */
export const toPlainText = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(CONTROLS, '\ufffd').replace(BIDIS, '')

/** The same on one line and without anything invisible: for names, ids and table cells. */
export const toOneLine = (text: string): string =>
  toPlainText(text).replace(UNSEENS, '').replace(/\s+/g, ' ').trim()

/** True for what `toPlainText` leaves as it is. */
export const isPlainText = (text: string): boolean => !CONTROL.test(text) && !BIDI.test(text)

/** True for what `toOneLine` leaves as it is. */
export const isOneLine = (text: string): boolean => text === toOneLine(text)
