/**
 * A city under attack: from the moment at which one committee calls until the last member who listens has opened it, while an infiltrator with all keys of another committee floods
 * bulletin, assembly and deposits; and with nobody disturbing, alternating. The relay has the rates that it ships with. What is counted and not timed: test/attacks/cityFlood.test.ts.
 */
import { encodeTerm } from '../../client/core/city/bulletinTerm.ts'
import { DEFAULT_LIMITS } from '../../server/relay/limits.ts'
import { cryptoReady, keyPairFromSeed, randomBytes } from '../../shared/crypto/sodium.ts'
import { type CitySide, newCitySide, sealedLetter, type TermAt, termOfCity } from '../support/cityTerm.ts'
import { lineTo } from '../support/hostileMember.ts'
import { must, type Place } from '../support/people.ts'
import {
  alternating,
  type Child,
  judged,
  number,
  type Pace,
  ratios,
  say,
  startChild,
  table,
} from './bench.ts'
import type { FlooderAnswer, FlooderFacts, FlooderQuestion } from './children/cityFlooder.ts'
import type { CityAnswer, CityFacts, CityQuestion } from './children/cityLoad.ts'
import { placeAt, steady } from './cityCommittee.ts'
import { startServer } from './database.ts'

const COMMITTEES = 60
/** Phones that are looked at: all of them share one process here, and each reads the whole flood. */
const LISTENERS = 6
/** Alarms in a row, with and without. */
const ALARMS = 4

export const flood = async (pace: Pace): Promise<void> => {
  await cryptoReady
  const server = await startServer('as it is')
  if (server === undefined) return
  const databaseUrl = await server.newDatabase('bench_flood')
  const relay = await startChild('relay', { databaseUrl, limits: DEFAULT_LIMITS })
  const broadcast = await startChild('broadcast', {})
  const place = placeAt(relay.hello)
  const seed = randomBytes(32)
  const mallory = { ...newCitySide(), writer: keyPairFromSeed(seed) }
  const others = Array.from({ length: COMMITTEES - 1 }, () => newCitySide())
  const terms = termOfCity([mallory, ...others], {
    relay: { address: place.address, ...place.relayKey, admission: place.admission },
    city: '9'.repeat(64),
  })
  const term = Buffer.from(encodeTerm(atIn(terms, mallory).term)).toString('base64')
  const desk = lineTo(place)
  must(await desk.create(atIn(terms, mallory).log.access))
  const facts: CityFacts = { term, committees: [0, LISTENERS], members: 1, raw: broadcast.hello }
  const load = await startChild('cityLoad', facts)
  const attacker: FlooderFacts = { term, writer: Buffer.from(seed).toString('base64') }
  const flooder = await startChild('cityFlooder', attacker)
  await measure({ place, terms, others, load, flooder }, pace)
  desk.close()
  for (const child of [flooder, load, broadcast]) await child.end()
  await relay.end()
  await server.remove()
}

type Stage = {
  readonly place: Place
  readonly terms: ReadonlyMap<CitySide, TermAt>
  readonly others: readonly CitySide[]
  readonly load: Child
  readonly flooder: Child
}

const atIn = (terms: Stage['terms'], side: CitySide): TermAt => {
  const at = terms.get(side)
  if (!at) throw new Error('not in the city')
  return at
}

/** A committee may call eight times, so each sample is another's. Milliseconds; a fresh connection for each. */
const call = async ({ place, terms, others, load }: Stage, sample: number): Promise<number> => {
  const side = others[sample % others.length] as CitySide
  const at = atIn(terms, side)
  const blob = sealedLetter(side, at, { type: 'alert', text: 'Somebody was called in.' })
  const began = steady()
  const question: CityQuestion = { await: 'letter', count: 1 }
  const relay = lineTo(place)
  const [heard] = await Promise.all([
    load.ask<CityAnswer>(question),
    relay.append(at.log.access, blob, { lifeDays: 7, alert: true }).then(must),
  ])
  relay.close()
  return Math.max(...heard.opened) - began
}

const measure = async (stage: Stage, pace: Pace): Promise<void> => {
  let sample = 0
  const ask = (flood: boolean): Promise<FlooderAnswer> =>
    stage.flooder.ask({ flood } satisfies FlooderQuestion)
  const some = async (): Promise<number> => {
    const times: number[] = []
    for (let i = 0; i < ALARMS; i++) times.push(await call(stage, sample++))
    return times.reduce((sum, time) => sum + time, 0) / ALARMS
  }
  await some()
  const under: FlooderAnswer[] = []
  const results = await alternating(
    {
      calm: some,
      flooded: async () => {
        await ask(true)
        const mean = await some()
        under.push(await ask(false))
        return mean
      },
    },
    pace.quick ? 3 : 9,
  )
  say(
    `${COMMITTEES} committees, ${LISTENERS} members listen; milliseconds until the last has opened an alarm of another`,
  )
  table([
    ['nobody disturbs', judged(results.calm ?? [])],
    ['under the flood', judged(results.flooded ?? [])],
  ])
  say(`under the flood / nobody disturbs: ${judged(ratios(results.flooded, results.calm), { atMost: 2 })}`)
  const sum = (name: keyof FlooderAnswer): string => number(under.reduce((all, one) => all + one[name], 0))
  say(`of the flood the relay took ${sum('taken')} and refused ${sum('refused')}`)
}
