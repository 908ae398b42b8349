/**
 * Where in the client somebody is, as the part of the address behind `#`, which never reaches a server. A committee stands there as its place
 * in this device's list: what a browser keeps in its history says nothing about which one it is. Not here: what is shown (App.svelte).
 */
export const DEVICE_PAGES = ['home', 'found', 'join', 'settings'] as const
export const COMMITTEE_PAGES = [
  'now',
  'talk',
  'alarms',
  'raise',
  'decide',
  'propose',
  'us',
  'roles',
  'me',
  'meetings',
  'concerns',
  'worries',
  'history',
  'invites',
  'unity',
  'charter',
  'rules',
  'safety',
  'records',
  'city',
  'check',
] as const
/** Of one thing, which is named. */
const PAGES_OF_ONE = [
  'thread',
  'alarm',
  'motion',
  'member',
  'worry',
  // something to be decided, asked for from the thing itself
  'elect',
  'recall',
  'remove',
  'point',
  'share',
] as const

type OneOf<T extends readonly string[]> = T[number]
export type CommitteePage = OneOf<typeof COMMITTEE_PAGES>
export type PageOfOne = OneOf<typeof PAGES_OF_ONE>

export type Route =
  | { readonly at: OneOf<typeof DEVICE_PAGES> }
  | { readonly at: CommitteePage; readonly place: number }
  | { readonly at: PageOfOne; readonly place: number; readonly id: string }

const HOME: Route = { at: 'home' }
const ID = /^[0-9a-f]{1,128}$/

/** Anything else is the first page. */
export const parseRoute = (hash: string): Route => {
  const [first = '', second = '', id = ''] = hash.replace(/^#?\/?/, '').split('/')
  const device = DEVICE_PAGES.find((page) => page === first)
  if (device) return { at: device }
  if (!/^[1-9][0-9]{0,3}$/.test(first)) return HOME
  const place = Number(first)
  const page = COMMITTEE_PAGES.find((one) => one === second)
  if (page) return { at: page, place }
  const ofOne = PAGES_OF_ONE.find((one) => one === second)
  return ofOne && ID.test(id) ? { at: ofOne, place, id } : HOME
}

export const printRoute = (route: Route): string => {
  if (!('place' in route)) return `#/${route.at}`
  return 'id' in route ? `#/${route.place}/${route.at}/${route.id}` : `#/${route.place}/${route.at}`
}
