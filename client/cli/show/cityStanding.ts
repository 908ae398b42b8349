/** How a committee stands in the city, and what it does next, in words. Not here: what is said there (city.ts), the duty rota (duty.ts). */
import { toOneLine } from '../../core/committee/plainText.ts'
import { type CityPage, cityPage } from '../../core/session/cityView.ts'
import type { Session } from '../../core/session/session.ts'
import { nameOfCommittee } from '../open.ts'
import type { City } from '../withCity.ts'
import { namesIn } from './names.ts'
import { dayOf, listOf } from './time.ts'

export const standingLines = ({ home, groups }: City): readonly string[] => {
  const page = cityPage(home.homeOf(), home.bulletins(), [])
  const asked = page.asked.map(
    (id) => `We are deciding about it: \`npx tocsin motion show ${id.slice(0, 4)}\`.`,
  )
  if (page.mine) return [...inIt(home, page), ...asked]
  if (asked.length > 0) return ['We are alone so far.', ...asked]
  return aloneIn(groups.filter((one) => one.view().charter.isAssembly))
}

const aloneIn = ([assembly]: readonly Session[]): readonly string[] =>
  assembly
    ? [
        `We are alone so far. This device is in "${nameOfCommittee(assembly)}": with \`npx tocsin city join\` all of us vote on joining it.`,
      ]
    : ['We are alone so far. Three committees make a city assembly: `npx tocsin city found`.']

const inIt = (home: Session, page: CityPage): readonly string[] => {
  const names = namesIn(home.view())
  return [
    `In the city we are called ${toOneLine(page.mine?.code ?? '')}.`,
    page.delegates.length > 0
      ? `Speak for us there: ${listOf(page.delegates.map(names))}.`
      : 'Nobody speaks for us there yet. Elect a delegate: `npx tocsin motion start elect`.',
    weekLine(page, home.homeOf().nowMs),
  ]
}

const weekLine = ({ weeks }: CityPage, nowMs: number): string => {
  const week = weeks.find(({ startsAt }) => startsAt <= nowMs)
  return week
    ? `This week of the city: from ${dayOf(week.startsAt)} to ${dayOf(week.endsAt)}.`
    : 'The first week begins when three committees are in. Until then nobody can call the city.'
}
