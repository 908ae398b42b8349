/** Posts as lines: when, who, which, what. What follows on further lines is indented, so no text can look like another post. */

import { toPlainText } from '../../core/committee/plainText.ts'
import type { Post } from '../../core/committee/talk.ts'
import type { Names } from '../../core/session/names.ts'
import { fileTitle } from './files.ts'
import { dayOf, timeOf } from './time.ts'

export type Showing = {
  readonly names: Names
  readonly short: (id: string) => string
  /** How somebody whom an alarm is about can be reached, as far as this phone is told. */
  readonly reachOf?: (alarm: string) => string | undefined
}

/** Grouped under their days. `after`: the day that was shown last. */
export const postLines = (posts: readonly Post[], showing: Showing, after?: string): readonly string[] => {
  let shown = after
  return posts.flatMap((post) => {
    const today = dayOf(post.at)
    const heading = today === shown ? [] : [...(shown === undefined ? [] : ['']), today]
    shown = today
    return [...heading, postLine(post, showing)]
  })
}

export const postLine = (post: Post, { names, short }: Showing): string => {
  const words = post.text === '' ? [] : toPlainText(post.text).split('\n')
  const [first, ...more] = post.file
    ? [`sends ${fileTitle(post.file)}: \`npx tocsin get-file ${short(post.id)}\``, ...words]
    : words
  const head = `${timeOf(post.at)}  ${names(post.seat)} (${short(post.id)}${answering(post, short)}): ${first}`
  return [head, ...more.map((line) => `         ${line}`)].join('\n')
}

const answering = (post: Post, short: (id: string) => string): string => {
  if (post.isReplyToUnseen) return ', answering something from before your time'
  return post.replyTo === undefined ? '' : `, answering ${short(post.replyTo)}`
}
