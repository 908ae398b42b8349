/** What the person has seen already, kept in the vault beside the committee: ids of posts, and how each alarm looked. */
import { utf8 } from '../../../shared/base/bytes.ts'
import { fromUtf8, toHex } from '../../../shared/base/text.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import type { Alarm } from '../committee/alarmLife.ts'
import type { Committee } from '../committee/committee.ts'
import type { Post } from '../committee/talk.ts'
import type { Vault } from '../vault/vault.ts'

export type Marks = {
  readonly posts: ReadonlySet<string>
  readonly alarms: ReadonlyMap<string, string>
  /** Calls of the city that somebody pressed "I see it" on: it is told to nobody. */
  readonly calls: ReadonlySet<string>
}

const placeOf = (committee: string): string => `cli/read/${committee}`

export const readMarks = (vault: Vault, committee: string): Marks => {
  const raw = vault.get(placeOf(committee))
  const stored: unknown = raw ? JSON.parse(fromUtf8(raw) ?? 'null') : null
  return {
    posts: new Set(strings(stored, 'posts')),
    alarms: new Map(pairs(stored)),
    calls: new Set(strings(stored, 'calls')),
  }
}

export type News = { readonly posts: readonly Post[]; readonly alarms: readonly Alarm[] }

/** New posts, and alarms that look different from how they did. */
export const newsIn = ({ posts, alarms }: Pick<Committee, 'posts' | 'alarms'>, marks: Marks): News => ({
  posts: posts.filter(({ id }) => !marks.posts.has(id)),
  alarms: [...alarms.values()].filter((alarm) => isNews(marks, alarm)),
})

export const noMarks: Marks = { posts: new Set(), alarms: new Map(), calls: new Set() }

/** Everything that the committee shows now has been seen. */
export const marksOf = ({ posts, alarms }: Committee): Omit<Marks, 'calls'> => ({
  posts: new Set(posts.map(({ id }) => id)),
  alarms: new Map([...alarms.values()].map((alarm) => [alarm.id, lookOf(alarm)])),
})

export const writeMarks = (vault: Vault, id: string, committee: Committee): Promise<void> =>
  write(vault, id, { ...readMarks(vault, id), ...marksOf(committee) })

export const markCall = (vault: Vault, id: string, call: string): Promise<void> => {
  const marks = readMarks(vault, id)
  return write(vault, id, { ...marks, calls: new Set([...[...marks.calls].slice(1 - MOST_CALLS), call]) })
}

/** Two weeks of calls are fewer. */
const MOST_CALLS = 512

const write = (vault: Vault, id: string, { posts, alarms, calls }: Marks): Promise<void> => {
  const value = utf8(JSON.stringify({ posts: [...posts], alarms: [...alarms], calls: [...calls] }))
  return vault.write([{ key: placeOf(id), value }])
}

export const forgetMarks = (vault: Vault, committee: string): Promise<void> =>
  vault.write([{ key: placeOf(committee), value: undefined }])

const isNews = (marks: Marks, alarm: Alarm): boolean => marks.alarms.get(alarm.id) !== lookOf(alarm)

/** Differs whenever something about the alarm has changed. */
const lookOf = ({ phase, severity, kind, needs, answers, notes }: Alarm): string =>
  toHex(sha256(utf8(JSON.stringify([phase, severity, kind, needs, [...answers], notes])))).slice(0, 16)

const field = (stored: unknown, name: string): readonly unknown[] => {
  const value =
    typeof stored === 'object' && stored ? Object.entries(stored).find(([key]) => key === name) : undefined
  return Array.isArray(value?.[1]) ? value[1] : []
}

const strings = (stored: unknown, name: string): readonly string[] =>
  field(stored, name).filter((one) => typeof one === 'string')

const pairs = (stored: unknown): readonly (readonly [string, string])[] =>
  field(stored, 'alarms').flatMap((one) =>
    Array.isArray(one) && typeof one[0] === 'string' && typeof one[1] === 'string'
      ? [[one[0], one[1]] as const]
      : [],
  )
