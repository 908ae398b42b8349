/** What members say about themselves: languages, interests they declare, what they can do and want to learn. Not here: handles (talk.ts). */
import type { Takers, Writable } from './area.ts'
import type { ProfileContent } from './roleContent.ts'
import type { Id } from './said.ts'

export type Profile = Omit<ProfileContent, 'type'>

/** Per seat, what it said last. */
export type Profiles = { readonly profiles: ReadonlyMap<Id, Profile> }
export const noProfiles: Profiles = { profiles: new Map() }

export const profiles: Takers<'profile', Writable<Profiles>> = {
  profile: (draft, { seat, content: { type: _, ...profile } }) => void draft.profiles.set(seat, profile),
}

/** Of whoever has said nothing about themselves. */
export const emptyProfile: Profile = { languages: [], skills: [], wants: [], away: false }
