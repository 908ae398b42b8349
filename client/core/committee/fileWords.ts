/**
 * What members say about a file that waits in a file log (client/core/files): the closed lists, what a file may be called, and how its size becomes
 * parts. Not here: keys and bytes.
 */
import { toOneLine } from './plainText.ts'

/** What somebody means by it. Screens show a photo, play a voice note, and offer to save everything else. */
export const FILE_KINDS = { file: 'a file', photo: 'a photo', voice: 'a voice note' } as const
export type FileKind = keyof typeof FILE_KINDS

/**
 * The media types that anybody may claim, with the endings of names that tell them. Nothing that a browser would run: no HTML, no SVG, no
 * script. Everything else is the generic type, which is saved and never shown.
 */
export const MEDIA = {
  'image/jpeg': ['jpg', 'jpeg'],
  'image/png': ['png'],
  'image/webp': ['webp'],
  'image/heic': ['heic'],
  'audio/ogg': ['ogg', 'opus', 'oga'],
  'audio/mpeg': ['mp3'],
  'audio/mp4': ['m4a'],
  'audio/webm': ['weba'],
  'audio/wav': ['wav'],
  'video/mp4': ['mp4'],
  'video/webm': ['webm'],
  'application/pdf': ['pdf'],
  'text/plain': ['txt'],
  'application/octet-stream': [],
} as const satisfies Record<string, readonly string[]>
export type Media = keyof typeof MEDIA

export const mediaOf = (name: string): Media => {
  const ending = endingOf(name).toLowerCase()
  const found = Object.entries(MEDIA).find(([, endings]) => endings.some((one) => one === ending))
  return (found?.[0] as Media | undefined) ?? 'application/octet-stream'
}

/** A photo is an image and a voice note a sound; a file may be anything. */
export const fitsKind = (kind: FileKind, media: Media): boolean =>
  kind === 'file' || media.startsWith(kind === 'photo' ? 'image/' : 'audio/')

/** Whether files of this type usually carry more than they show: place, camera, author, earlier versions. Plain text does not. */
export const mayHideData = (media: Media): boolean => media !== 'text/plain'

/** Bytes of a file in one entry of the largest bucket, 262,144, beside nonce and tag. */
export const PART_BYTES = 262_104

/** Parts of one file: what a log of the largest cap holds (shared/protocol/SPEC.md L3, L4). */
export const MAX_PARTS = 1024
export const MAX_FILE_BYTES = MAX_PARTS * PART_BYTES

export const partsOf = (size: number): number => Math.ceil(size / PART_BYTES)

/** Days that a file can be had: the classes of life of the wire (L2). */
export const FILE_DAYS = [1, 7, 45] as const
export type FileDays = (typeof FILE_DAYS)[number]

/** Characters (UTF-16 units): at most 240 bytes of UTF-8, which every file system takes. */
export const MAX_NAME = 80

/** What no file system, shell or screen should have to see in a name. */
const FORBIDDEN = /[<>:"/\\|?*\u200e\u200f]/g
/** Names that mean a device on some systems, whatever their ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i
const MAX_ENDING = 12

/** The last part of a path, on one line, safe as a name on every system: nothing hidden, nothing reserved, no folders. Never empty. */
export const toFileName = (text: string): string => {
  const last = toOneLine(text)
    .split(/[/\\]/)
    .filter((part) => part.trim() !== '')
    .at(-1)
  const plain = (last ?? '').normalize('NFC').replace(FORBIDDEN, '_')
  const bare = trimmed(shortened(trimmed(plain)))
  if (bare === '') return 'file'
  return DEVICE.test(bare) ? `file ${bare}`.slice(0, MAX_NAME) : bare
}

export const isFileName = (text: string): boolean => text === toFileName(text)

/** No leading dot hides it, and no trailing dot or space is lost on the way. */
const trimmed = (name: string): string => name.replace(/^[.\s]+|[.\s]+$/g, '')

/** Cut in front of its ending, and never through a pair of surrogates. */
const shortened = (name: string): string => {
  if (name.length <= MAX_NAME) return name
  const ending = endingOf(name)
  const tail = ending === '' || ending.length > MAX_ENDING ? '' : `.${ending}`
  const head = name.slice(0, MAX_NAME - tail.length).replace(/[\ud800-\udbff]$/, '')
  return `${trimmed(head)}${tail}`
}

const endingOf = (name: string): string => /\.([^.]+)$/.exec(name)?.[1] ?? ''
