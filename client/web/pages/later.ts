/** The pages of a committee that are fetched when somebody first goes there. Not here: those of unlocking, of what is new, and of alarms (Committee.svelte). */
export const LATER = {
  talk: async () => import('./Talk.svelte'),
  decide: async () => import('./Decide.svelte'),
  propose: async () => import('./Propose.svelte'),
  history: async () => import('./History.svelte'),
  us: async () => import('./Us.svelte'),
  me: async () => import('./Me.svelte'),
  invites: async () => import('./Invites.svelte'),
  unity: async () => import('./Unity.svelte'),
  meetings: async () => import('./MeetingsPage.svelte'),
  concerns: async () => import('./Concerns.svelte'),
  worries: async () => import('./Worry.svelte'),
  charter: async () => import('./Charter.svelte'),
  rules: async () => import('./Rules.svelte'),
  roles: async () => import('./Roles.svelte'),
  safety: async () => import('./Safety.svelte'),
  records: async () => import('./OwnData.svelte'),
  city: async () => import('./City.svelte'),
  check: async () => import('./Check.svelte'),
} as const

/** Something to be decided about one thing. */
const propose = async () => import('./Propose.svelte')

export const LATER_OF_ONE = {
  thread: async () => import('./Thread.svelte'),
  motion: async () => import('./Motion.svelte'),
  member: async () => import('./MemberPage.svelte'),
  worry: async () => import('./Worry.svelte'),
  elect: propose,
  recall: propose,
  remove: propose,
  point: propose,
  share: async () => import('./Share.svelte'),
} as const

/** Parts of the first pages that are there only when something is going on. */
export const LATER_PART = {
  check: async () => import('./CheckCard.svelte'),
  city: async () => import('./CityNow.svelte'),
  beyond: async () => import('./AlarmBeyond.svelte'),
} as const

/** Of the device. */
export const LATER_OF_DEVICE = {
  found: async () => import('./Found.svelte'),
  join: async () => import('./Join.svelte'),
  settings: async () => import('./Settings.svelte'),
} as const
