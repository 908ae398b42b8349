/** The pages of a committee that are fetched when somebody first goes there. Not here: those of unlocking, of what is new, and of alarms (Committee.svelte). */
export const LATER = {
  roles: async () => import('./Roles.svelte'),
} as const
