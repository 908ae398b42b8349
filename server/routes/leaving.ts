/**
 * How a relay lets its connections go: a few at a time, so that those who come back do not come all at once, and each when what was
 * taken from it is answered. Not here: when a relay ends (server/start.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { WebSocket } from 'ws'

/** `isOver`: what it sends is not read any more. */
export type Leaver = { readonly socket: WebSocket; readonly unanswered: number; isOver: boolean }

/** RFC 6455 section 7.4.1. */
const GOING_AWAY = 1001
/** Milliseconds between two looks at whether all is answered. */
const LOOK_MS = 20
/** Milliseconds of spreading for each connection; never more than half of the time there is. */
const EACH_MS = 0.25
/** Milliseconds for the peer to say goodbye as well. */
const GOODBYE_MS = 500

/** Resolves when all of them are gone. Who does not answer is cut off. */
export const letGo = async (all: ReadonlySet<Leaver>, withinMs: number): Promise<void> => {
  const until = performance.now() + withinMs
  const apartMs = Math.min(withinMs / 2 / all.size, EACH_MS)
  await Promise.all([...all].map((one, i) => leave(one, i * apartMs, until)))
  for (const { socket } of all) socket.terminate()
}

const leave = async (one: Leaver, afterMs: number, until: number): Promise<void> => {
  await sleep(afterMs)
  one.isOver = true
  while (one.unanswered > 0 && performance.now() < until) await sleep(LOOK_MS)
  one.socket.close(GOING_AWAY)
  const byeMs = Math.min(GOODBYE_MS, until - performance.now())
  const unheard = new AbortController()
  one.socket.once('close', () => unheard.abort())
  if (one.socket.readyState !== one.socket.CLOSED)
    await sleep(Math.max(0, byeMs), undefined, unheard).catch(() => undefined)
}
