/** A story of several phones: one step rests on the one before, so that after a step that failed nothing more is tried. Not here: the phones (phone.ts). */
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Phone } from './phone.ts'

/** `lacks`: what this machine does not have for it. */
export type Step = (title: string, step: (t: Test) => Promise<void>, lacks?: string) => void

/** With TOCSIN_SHOTS, what stood on each phone when a step failed is written into that folder. */
export const tell = (t: Test, phones: readonly Phone[]): Step => {
  const { TOCSIN_SHOTS } = process.env
  const shoot = async (): Promise<void> => {
    if (!TOCSIN_SHOTS) return
    for (const [at, phone] of phones.entries())
      await phone
        .page()
        .screenshot({
          path: join(TOCSIN_SHOTS, `last-${at}-${phone.language}.png`),
          fullPage: true,
          timeout: 10_000,
        })
        .catch(() => undefined)
  }
  return (title, step, lacks) => {
    void t.test(title, async (t) => {
      const reason = t.parent?.passing() ? lacks : 'it rests on what has failed'
      if (reason !== undefined) {
        t.plan(0, reason)
        return
      }
      await step(t).catch(async (error: unknown) => {
        await shoot()
        throw error
      })
    })
  }
}
