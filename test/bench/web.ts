/**
 * The web client as an old phone has it: the shipped bundle in a real Chromium with six times less processor, on a real relay with the embedded database.
 * What is fetched is counted between browser and relay, headers and all. The browser slows its pages down, but no worker: five times the processor time of the
 * worker is added. Not here: whether the screens are right (test/client/web).
 */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import { readWebFiles } from '../../server/routes/web.ts'
import { newProfile, type Profile } from '../support/browser.ts'
import { startCounter } from '../support/counter.ts'
import { startRelay } from '../support/relay.ts'
import { judged, median, newFolder, type Pace, say } from './bench.ts'
import { threadCpuMs, tree } from './kernel.ts'

const SLOWER = 6
const PASSPHRASE = 'four words are enough'
const FIRST_KIB = 300
const INTERACTIVE_MS = 2000
const UNLOCK_MS = 1500
/** Above it a page does not answer a finger at once. */
const LONG_TASK_MS = 50
/** A vault as a committee of ten fills it in half a year (1 MiB), and a list as none of them will see. */
const POSTS = 500
const MANY_POSTS = 5000
/** Pixels of one flick over the list. */
const FLICK = 20_000
const FLICKS = 6
const KIB = 1024
/** As the kernel shortens it. */
const WORKER_THREAD = 'DedicatedWorker'

type Place = { readonly base: string; readonly address: string; readonly bytes: () => number }
type Span = { readonly from: number; readonly to: number }
type Task = { readonly startTime: number; readonly duration: number }
type Opened = { readonly context: BrowserContext; readonly page: Page; readonly debug: CDPSession }

export const web = async ({ quick, rounds }: Pace): Promise<void> => {
  const endings: (() => unknown)[] = []
  try {
    await measure({ rounds: quick ? 2 : rounds, lists: quick ? [POSTS] : [POSTS, MANY_POSTS], endings })
  } finally {
    for (const end of endings.reverse()) await end()
  }
}

type Plan = {
  readonly rounds: number
  readonly lists: readonly number[]
  readonly endings: (() => unknown)[]
}

const measure = async ({ rounds, lists, endings }: Plan): Promise<void> => {
  const place = await startPlace(endings)
  const profile = newProfile({ teardown: (end) => void endings.push(end) })
  await measureLoads(place, profile)
  for (const posts of lists) {
    const filled = newProfile({ teardown: (end) => void endings.push(end) })
    await fill(place, filled, posts)
    await measureOpening(place, filled, { rounds, posts })
    await measureScrolling(place, filled, posts)
  }
}

const startPlace = async (endings: (() => unknown)[]): Promise<Place> => {
  const folder = join(newFolder('web'), 'built')
  await promisify(execFile)(process.execPath, ['client/web/build.mjs', '--into', folder])
  const files = readWebFiles(folder)
  if (!files) throw new Error('there is no web client to serve')
  const relay = await startRelay({ database: 'embedded', logLevel: 'silent', web: files })
  endings.push(() => relay.close())
  const counter = await startCounter(Number(new URL(relay.url).port))
  endings.push(counter.close)
  const address = relay.address.replace(/:\d+#/, `:${counter.port}#`)
  return { base: `http://127.0.0.1:${counter.port}/`, address, bytes: counter.bytes }
}

/** Notes when the first field is there and a frame has shown it. */
const noteFirst = (): void => {
  const noted = globalThis as { firstAt?: number }
  const look = (): void => {
    if (!document.querySelector('input[type=password]')) return void requestAnimationFrame(look)
    requestAnimationFrame(() => {
      noted.firstAt = performance.now()
    })
  }
  look()
}
const firstAt = async (page: Page): Promise<number> => {
  const noted = await page.waitForFunction(() => (globalThis as { firstAt?: number }).firstAt)
  return Number(await noted.jsonValue())
}

const open = async (profile: Profile): Promise<Opened> => {
  const context = await profile.open(['--lang=en'])
  context.setDefaultTimeout(60_000)
  const page = context.pages()[0] ?? (await context.newPage())
  // esbuild gives every function its name by a helper that a page does not have
  await page.addInitScript({ content: 'globalThis.__name = (named) => named' })
  await page.addInitScript(noteFirst)
  return { context, page, debug: await context.newCDPSession(page) }
}
const slowDown = ({ debug }: Opened, rate: number) => debug.send('Emulation.setCPUThrottlingRate', { rate })

const measureLoads = async ({ base, bytes }: Place, profile: Profile): Promise<void> => {
  const first = await open(profile)
  await first.page.goto(base)
  await firstAt(first.page)
  const untilFirst = bytes()
  await first.page.evaluate(() => navigator.serviceWorker.ready)
  await quiet(bytes)
  const whole = bytes()
  await first.context.close()
  const again = await open(profile)
  const before = bytes()
  await again.page.goto(base)
  await firstAt(again.page)
  const toOpen = bytes() - before
  await quiet(bytes)
  say(`KiB to the first screen, of nothing: ${judged([untilFirst / KIB], { atMost: FIRST_KIB })}`)
  say(`KiB in all, when the loader has kept the release: ${judged([whole / KIB])}`)
  say(`KiB to the first screen, later: ${judged([toOpen / KIB], { atMost: 0 })}`)
  say(
    `KiB after that, to see whether the server has another release or loader: ${judged([(bytes() - before - toOpen) / KIB])}`,
  )
  await again.context.close()
}

/** Two seconds in which nothing comes. */
const quiet = async (bytes: () => number): Promise<void> => {
  for (let last = -1; last !== bytes(); ) {
    last = bytes()
    await new Promise((resolve) => setTimeout(resolve, 2000))
  }
}

/** Written by the worker itself, from a page without screens. */
const fill = async ({ base, address }: Place, profile: Profile, posts: number): Promise<void> => {
  const { context, page } = await open(profile)
  await page.route(`${base}filling`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
  )
  await page.goto(`${base}filling`)
  const release = await (await context.request.get(`${base}release.json`)).text()
  const worker = /assets\/worker-[\w-]+\.js/.exec(release)?.[0]
  await page.evaluate(
    async ({ worker, relay, passphrase, posts }) => {
      const core = new Worker(`/${worker}`, { type: 'module' })
      type Answer = { ok: boolean; value: { committee: string } }
      const waiting = new Map<number, (answer: Answer) => void>()
      core.onmessage = ({ data }) => waiting.get(data.number)?.(data.answer)
      const ask = (name: string, asked: object): Promise<Answer> =>
        new Promise((resolve) => {
          const number = waiting.size
          waiting.set(number, resolve)
          core.postMessage({ number, do: name, ...asked })
        })
      await ask('makeVault', { passphrase })
      const wishes = {
        name: 'Kitchen',
        purpose: '',
        handle: 'anna',
        relay,
        isTalk: false,
        isForOldPhones: false,
      }
      const { committee } = (await ask('found', wishes)).value
      for (let i = 0; i < posts; i += 20)
        await Promise.all(
          Array.from({ length: 20 }, (_, j) =>
            ask('say', {
              committee,
              content: {
                type: 'post',
                text: `Number ${i + j}: ${'the shift begins at six. '.repeat((i + j) % 9)}`,
              },
            }),
          ),
        )
      await ask('lock', {})
    },
    { worker, relay: address, passphrase: PASSPHRASE, posts },
  )
  await page.unroute(`${base}filling`)
  await page.goto(base)
  await page.evaluate(() => navigator.serviceWorker.ready)
  await context.close()
}

type Opening = { readonly rounds: number; readonly posts: number }

const measureOpening = async (
  { base }: Place,
  profile: Profile,
  { rounds, posts }: Opening,
): Promise<void> => {
  const interactive: number[] = []
  const unlocked: number[] = []
  const workers: number[] = []
  for (let round = 0; round < rounds; round++) {
    const opened = await open(profile)
    await slowDown(opened, SLOWER)
    await opened.page.goto(base)
    interactive.push(await firstAt(opened.page))
    await ready(profile.folder)
    const { ms, worker } = await unlock(opened.page, profile.folder)
    unlocked.push(ms + worker * (SLOWER - 1))
    workers.push(worker)
    await opened.context.close()
  }
  say(
    `ms to the first screen from what is kept, page at 1/${SLOWER}: ${judged(interactive, { atMost: INTERACTIVE_MS })}`,
  )
  say(
    `ms to unlock a vault of ${posts} posts after it was typed, all at 1/${SLOWER}: ${judged(unlocked, posts === POSTS ? { atMost: UNLOCK_MS } : undefined)}; of the worker's processor, as it is: ${judged(workers)}`,
  )
}

/** Every process of the browser that has this profile. */
const processesOf = (folder: string): readonly number[] =>
  tree(process.pid).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
    } catch {
      return false
    }
  })

/** While somebody types, the worker makes itself ready; then it has nothing to do. */
const ready = async (folder: string): Promise<void> => {
  const pids = processesOf(folder)
  for (let last = -1; last !== threadCpuMs(pids, WORKER_THREAD); ) {
    last = threadCpuMs(pids, WORKER_THREAD)
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}

const unlock = async (
  page: Page,
  folder: string,
): Promise<{ readonly ms: number; readonly worker: number }> => {
  await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE)
  const pids = processesOf(folder)
  const before = threadCpuMs(pids, WORKER_THREAD)
  const ms = await page.evaluate(async () => {
    const from = performance.now()
    document.querySelector<HTMLButtonElement>('form button')?.click()
    while (!document.querySelector('a[href="#/1/now"]')) await new Promise(requestAnimationFrame)
    return performance.now() - from
  })
  return { ms, worker: threadCpuMs(pids, WORKER_THREAD) - before }
}

const measureScrolling = async ({ base }: Place, profile: Profile, posts: number): Promise<void> => {
  const opened = await open(profile)
  const { page, debug } = opened
  await page.goto(`${base}#/1/talk`)
  await firstAt(page)
  await unlock(page, profile.folder)
  await slowDown(opened, SLOWER)
  await page.evaluate(() => {
    const tasks: Task[] = []
    new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map(({ startTime, duration }) => ({ startTime, duration }))),
    ).observe({ type: 'longtask' })
    Object.assign(globalThis, { tasks })
  })
  const opening = await openRoom(page)
  const seen = new Set<string>()
  const flicks: Span[] = []
  for (let flick = 0; flick < FLICKS; flick++) {
    // a wheel: what is done by touch moves nothing in some browsers that are driven from outside
    const box = { x: 180, y: 300, yDistance: FLICK, speed: 4000, gestureSourceType: 'mouse' as const }
    const from = await page.evaluate(() => performance.now())
    await debug.send('Input.synthesizeScrollGesture', box)
    flicks.push({ from, to: await page.evaluate(() => performance.now()) })
    // reading them is work as well, and none of the list's
    for (const text of await page.locator('.posts .said').allTextContents()) seen.add(text)
  }
  const long = await page.locator('.posts > li').count()
  if (seen.size <= long) throw new Error('the list did not move')
  const all = await page.evaluate(() => (globalThis as unknown as { tasks: Task[] }).tasks)
  const tasks = within(all, flicks)
  const most = Math.max(0, ...tasks)
  say(
    `a list of ${posts}: longest task in ms while its page opens, page at 1/${SLOWER}: ${judged([Math.max(0, ...within(all, [opening]))])}`,
  )
  say(
    `a list of ${posts}, ${long} on the page: ${seen.size} seen between flicks; longest task while a finger moves it in ms, page at 1/${SLOWER}: ${judged([most], { atMost: LONG_TASK_MS })}; ${tasks.length} longer than ${LONG_TASK_MS}, half of them longer than ${Math.round(median([0, ...tasks]))}`,
  )
  await opened.context.close()
}

const within = (tasks: readonly Task[], spans: readonly Span[]): readonly number[] =>
  tasks
    .filter(({ startTime }) => spans.some(({ from, to }) => startTime >= from && startTime < to))
    .map(({ duration }) => duration)

/** Until no more posts come by themselves. */
const openRoom = async (page: Page): Promise<Span> => {
  const from = await page.evaluate(() => {
    location.hash = '#/1/talk'
    return performance.now()
  })
  await page.locator('.posts .said').first().waitFor()
  for (let last = -1; last !== (await page.locator('.posts > li').count()); ) {
    last = await page.locator('.posts > li').count()
    await new Promise((resolve) => setTimeout(resolve, 2000))
  }
  return { from, to: await page.evaluate(() => performance.now()) }
}
