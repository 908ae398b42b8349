/** What is said about an alarm without changing how it stands: consent, who has checked it, and how the person can be reached. Not here: its life (alarm.ts). */
import type { Alarm } from './alarmLife.ts'
import type { SaidOf } from './said.ts'

export type About = 'alarmConsent' | 'alarmChecked' | 'alarmReach'

/** Only the person concerned allows something, and only the raiser says how to reach them. */
export const noted = (alarm: Alarm, { seat, content }: SaidOf<About>): Alarm => {
  if (content.type === 'alarmChecked')
    return { ...alarm, checkedBy: [...new Set([...alarm.checkedBy, seat])] }
  if (content.type === 'alarmConsent') {
    const { ring, name, workplace } = content
    const consents = new Map(alarm.consents).set(ring, { name, workplace })
    return seat === alarm.concerned ? { ...alarm, consents } : alarm
  }
  const given = content.sealed.map(({ device, sealed }) => [device, sealed] as const)
  return seat === alarm.seat ? { ...alarm, reach: new Map([...alarm.reach, ...given]) } : alarm
}
