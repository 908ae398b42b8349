/** A story of several phones: one step rests on the one before, so that after a step that failed nothing more is tried. Not here: the phones (phone.ts). */
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Phone } from './phone.ts'

export type Step = (title: string, step: (t: Test) => Promise<void>) => void

/** With TOCSIN_SHOTS, what stood on each phone when a step failed is written into that folder. */
export const tell = (t: Test, phones: readonly Phone[]): Step => {
  const { TOCSIN_SHOTS } = process.env
  const shoot = async (): Promise<void> => {
    if (!TOCSIN_SHOTS) return
    for (const phone of phones)
      await phone
        .page()
        .screenshot({
          path: join(TOCSIN_SHOTS, `last-${phone.language}.png`),
          fullPage: true,
          timeout: 10_000,
        })
        .catch(() => undefined)
  }
  return (title, step) => {
    void t.test(title, async (t) => {
      if (!t.parent?.passing()) {
        t.plan(0, 'it rests on what has failed')
        return
      }
      await step(t).catch(async (error: unknown) => {
        await shoot()
        throw error
      })
    })
  }
}
