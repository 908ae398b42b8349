/** ENTRIES frames made of entries: at most 256 of them and about 512 KiB in each (F5), one signed head for all. */
import { concat } from '../../shared/base/bytes.ts'
import type { SignedHead } from '../../shared/protocol/chain.ts'
import { type Entry, encodeEvent } from '../../shared/protocol/frames.ts'
import type { LogId } from '../../shared/protocol/ids.ts'
import { MAX_PAGE_ENTRIES, PAGE_BYTES } from '../../shared/protocol/limits.ts'

/** Puts a frame's websocket header in front of it. */
export type Framing = (payload: Uint8Array) => Uint8Array

export type Pages = {
  readonly ref: number
  readonly log: LogId
  readonly entries: readonly Entry[]
  readonly head: SignedHead
}

/** All pages back to back, ready to be written to any number of peers. No entries make one empty page. */
export const framePages = (pages: Pages, framing: Framing): Uint8Array => {
  const framed = split(pages.entries).map((entries) =>
    framing(encodeEvent({ type: 'entries', ...pages, entries })),
  )
  return framed.length === 1 && framed[0] ? framed[0] : concat(...framed)
}

export const entryBytes = (entry: Entry): number =>
  entry.content.type === 'blob' ? entry.content.blob.length : entry.content.hash.length

/** The longest beginning that is one page. */
export const firstPage = (entries: readonly Entry[]): readonly Entry[] => {
  let bytes = 0
  const end = entries.findIndex((entry, i) => {
    const isOver = i >= MAX_PAGE_ENTRIES || bytes >= PAGE_BYTES
    bytes += entryBytes(entry)
    return isOver
  })
  return end < 0 ? entries : entries.slice(0, end)
}

const split = (entries: readonly Entry[]): readonly (readonly Entry[])[] => {
  const pages: (readonly Entry[])[] = [firstPage(entries)]
  for (let at = pages[0]?.length ?? 0; at < entries.length; ) {
    const page = firstPage(entries.slice(at))
    pages.push(page)
    at += page.length
  }
  return pages
}
