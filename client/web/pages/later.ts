/** The pages of a committee that are fetched when somebody first goes there. Not here: those of unlocking, of what is new, and of alarms (Committee.svelte). */
export const LATER = {
  talk: async () => import('./Talk.svelte'),
  decide: async () => import('./Decide.svelte'),
  propose: async () => import('./Propose.svelte'),
  us: async () => import('./Us.svelte'),
  invites: async () => import('./Invites.svelte'),
  unity: async () => import('./Unity.svelte'),
  charter: async () => import('./Charter.svelte'),
  roles: async () => import('./Roles.svelte'),
  safety: async () => import('./Safety.svelte'),
} as const

export const LATER_OF_ONE = {
  thread: async () => import('./Thread.svelte'),
  motion: async () => import('./Motion.svelte'),
} as const

/** Of the device. */
export const LATER_OF_DEVICE = {
  found: async () => import('./Found.svelte'),
  join: async () => import('./Join.svelte'),
  settings: async () => import('./Settings.svelte'),
} as const
