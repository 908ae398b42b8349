/** Many schedules one after another, until one breaks a rule. Used by the tests and by the mutants' child process. */
import type { Test } from 'tap'
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import type { Plot } from './mixture.ts'
import { type Outcome, runSchedule } from './schedule.ts'
import { rememberAnswers } from './world.ts'

export type Exploration = {
  readonly schedules: number
  /** Different states of the whole committee that were seen. */
  readonly states: number
  /** Epochs that honest devices entered. */
  readonly epochs: number
  /** The first schedule that broke a rule. */
  readonly failure: Outcome | undefined
}

let isFast = false

/** Seeds from `first` on, `count` of them. */
export const explore = async (first: number, count: number, plot?: Plot): Promise<Exploration> => {
  await cryptoReady
  if (!isFast) rememberAnswers()
  isFast = true
  const states = new Set<string>()
  let epochs = 0
  for (let i = 0; i < count; i++) {
    const outcome = await runSchedule(first + i, plot)
    for (const state of outcome.states) states.add(state)
    epochs += outcome.epochs
    if (outcome.violations.length > 0)
      return { schedules: i + 1, states: states.size, epochs, failure: outcome }
  }
  return { schedules: count, states: states.size, epochs, failure: undefined }
}

/** What went wrong, and how to see it again. */
const retell = ({ seed, violations, story }: Outcome): string =>
  [`TOCSIN_MODEL_SEED=${seed} shows it again`, ...new Set(violations), ...story].join('\n  ')

/** Of `PARTS` test files, one part each: seeds that follow each other. */
const PARTS = 4

export const exploreAs = (t: Test, part: number): void => {
  const only = Number(process.env.TOCSIN_MODEL_SEED) || undefined
  const count = Math.ceil(Number(process.env.TOCSIN_MODEL_SCHEDULES ?? 2000) / PARTS)
  const from = (Number(process.env.TOCSIN_TEST_SEED) || 1) + part * count
  if (only !== undefined && part > 0) return
  t.test(
    'section 9: I1 to I17 hold after every step, and honest steps alone bring everybody together',
    async (t) => {
      const done = await explore(only ?? from, only ? 1 : count)
      t.comment(
        `seeds ${only ?? from} to ${(only ?? from) + done.schedules - 1}: ${done.states} states, ${done.epochs} epochs`,
      )
      t.equal(done.failure && retell(done.failure), undefined)
    },
  )
}
