/** What a check of the doctor says: how it stands, and what to do. Nothing secret is in it. */

/** `todo`: where it is not well. */
export type Finding = {
  readonly verdict: 'ok' | 'warning' | 'failure'
  /** One word or two: disk, database. */
  readonly what: string
  readonly sentence: string
  readonly todo?: string
}

export const fine = (what: string, sentence: string): Finding => ({ verdict: 'ok', what, sentence })

export const warning = (what: string, sentence: string, todo: string): Finding => ({
  verdict: 'warning',
  what,
  sentence,
  todo,
})

export const failure = (what: string, sentence: string, todo: string): Finding => ({
  verdict: 'failure',
  what,
  sentence,
  todo,
})

/** Seconds by which two clocks may differ: a note, and a fault. */
const OFF = { warning: 5, failure: 60 }

export const clockFinding = (whose: string, offSeconds: number): Finding => {
  const by = Math.round(Math.abs(offSeconds))
  if (by <= OFF.warning) return fine('clock', `agrees with ${whose}`)
  const sentence = `differs from ${whose} by ${by} seconds`
  const todo = 'set both by NTP: entries end by the day, and a wrong clock ends them early or late'
  return by > OFF.failure ? failure('clock', sentence, todo) : warning('clock', sentence, todo)
}
