/** What a terminal is made of: the three streams of a process, or others in their place. */
import type { Readable } from 'node:stream'

export type Output = {
  readonly write: (text: string) => unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export type Streams = {
  readonly input: Readable & { readonly isTTY?: boolean }
  readonly output: Output
  readonly errors: Output
}
