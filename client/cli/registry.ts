/** Every command, in families, and how one is found by what was typed. */
import type { Entry, Family } from './entry.ts'
import { alarms } from './families/alarms.ts'
import { begin } from './families/begin.ts'
import { city } from './families/city.ts'
import { deciding } from './families/deciding.ts'
import { device } from './families/device.ts'
import { everyDay } from './families/everyDay.ts'
import { life } from './families/life.ts'
import { us } from './families/us.ts'

export const FAMILIES: readonly Family[] = [begin, everyDay, alarms, deciding, life, city, us, device]

/** What people also type. */
const SHORT: Readonly<Record<string, string>> = {
  alarm: 'alarm list',
  alarms: 'alarm list',
  charter: 'charter show',
  decide: 'motion list',
  motion: 'motion list',
  motions: 'motion list',
  devices: 'phones',
  phone: 'phones',
}

export const entries = (): readonly Entry[] => FAMILIES.flatMap((family) => family.entries)

export const findEntry = (name: string): Entry | undefined => {
  const wanted = SHORT[name] ?? name
  return entries().find((entry) => entry.name === wanted)
}
