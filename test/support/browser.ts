/** A real browser for tests: the Chromium of this machine, a profile of its own for every phone. Not here: what is looked at. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core'
import type { Test } from 'tap'

const PATHS = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** Nothing but what is asked: no updates, no look-ups; and no sandbox, which does not start for root. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The smallest phone that has to do. */
export const PHONE = {
  viewport: { width: 360, height: 640 },
  hasTouch: true,
  isMobile: true,
  deviceScaleFactor: 1,
} as const

const found = (): string => {
  const path = PATHS.find((one) => one !== undefined && existsSync(one))
  if (path === undefined)
    throw new Error('No Chromium: install it (on Debian: apt-get install chromium), or set CHROMIUM_PATH.')
  return path
}

export type Profile = {
  /** Where it keeps everything. */
  readonly folder: string
  /** Opens it anew, as after a restart of the phone. */
  readonly open: (args?: readonly string[]) => Promise<BrowserContext>
}

/** Gone with the test. `env`: beside the environment of this process. */
export const newProfile = (
  t: Pick<Test, 'teardown'>,
  options: BrowserContextOptions = PHONE,
  env: Readonly<Record<string, string>> = {},
): Profile => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-browser-'))
  const contexts: BrowserContext[] = []
  t.teardown(async () => {
    await Promise.all(contexts.map((context) => context.close()))
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  return {
    folder,
    open: async (args = []) => {
      const context = await chromium.launchPersistentContext(folder, {
        ...options,
        executablePath: found(),
        args: [...QUIET, ...args],
        env: { ...process.env, ...env },
      })
      contexts.push(context)
      return context
    },
  }
}
