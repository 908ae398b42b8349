/**
 * Questions and answers on one connection (SPEC.md section F): which answer belongs to which request, and what a relay
 * may say at all. A relay that breaks the frame rules, or does not answer, loses the connection; it is no lie.
 * Not here: what an answer means (operations.ts, observe.ts).
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { unreachable } from '../../../shared/base/unreachable.ts'
import type { Challenge } from '../../../shared/protocol/access.ts'
import {
  decodeEvent,
  type Event,
  encodeRequest,
  type Request,
  WIRE_VERSION,
} from '../../../shared/protocol/frames.ts'
import type { Timer } from './ports.ts'

type WithoutRef<T> = T extends unknown ? Omit<T, 'ref'> : never

/** A request as it is asked; its number is given here. */
export type Asked = WithoutRef<Request>

export type EntriesEvent = Extract<Event, { type: 'entries' }>

/** Milliseconds after which a relay that has not answered, or not greeted, counts as gone. */
export const ANSWER_MS = 20_000

/** What may answer what, besides a refusal. */
const ANSWERS = {
  create: 'ok',
  open: 'opened',
  append: 'receipt',
  read: 'entries',
  watch: 'ok',
  unwatch: 'ok',
  ping: 'pong',
  deposit: 'ok',
  cancel: 'ok',
} as const satisfies Record<Request['type'], Event['type']>

/** The answer to a request of type T; undefined when the connection ended first. */
export type AnswerTo<T extends Request['type']> =
  | Extract<Event, { type: (typeof ANSWERS)[T] | 'refused' }>
  | undefined

export type Verdict =
  | { readonly do: 'greet'; readonly challenge: Challenge }
  | { readonly do: 'answer'; readonly ref: number }
  | { readonly do: 'deliver'; readonly entries: EntriesEvent }
  | { readonly do: 'ignore' }
  | { readonly do: 'break' }

/** What to do about an event: the greeting comes first and once (A1), ref 0 is a watch (F2), unasked answers are nothing. */
export const judge = (greeted: boolean, waiting: ReadonlyMap<number, Request>, event: Event): Verdict => {
  if (event.type === 'greeting')
    return greeted || event.version !== WIRE_VERSION
      ? { do: 'break' }
      : { do: 'greet', challenge: event.challenge }
  if (!greeted) return { do: 'break' }
  if (event.ref === 0 && event.type === 'entries') return { do: 'deliver', entries: event }
  const request = waiting.get(event.ref)
  if (request === undefined) return { do: 'ignore' }
  return answers(request, event) ? { do: 'answer', ref: event.ref } : { do: 'break' }
}

const answers = (request: Request, event: Event): boolean => {
  if (request.type === 'ping' && event.type === 'pong') return sameBytes(request.padding, event.padding)
  return event.type === 'refused' || event.type === ANSWERS[request.type]
}

export type CallsDeps = {
  readonly send: (frame: Uint8Array) => void
  readonly timer: Timer
  readonly onGreeting: (challenge: Challenge) => void
  /** What a watch delivers. */
  readonly onEntries: (event: EntriesEvent) => void
  /** Frame rules broken, or no answer in time: the connection is of no more use. */
  readonly onBroken: () => void
}

export type Calls = {
  /** `onAnswer` is called within the very frame: what comes after it in the stream is not heard before. */
  readonly ask: <A extends Asked>(
    asked: A,
    onAnswer?: (answer: AnswerTo<A['type']>) => void,
  ) => Promise<AnswerTo<A['type']>>
  readonly hear: (frame: Uint8Array) => void
  /** Answers everything that waits with undefined; later questions too. */
  readonly end: () => void
}

type Waiting = { readonly settle: (event: Event | undefined) => void; readonly cancel: () => void }

/** Starts the time for the greeting. */
export const createCalls = (deps: CallsDeps): Calls => {
  const requests = new Map<number, Request>()
  const waiting = new Map<number, Waiting>()
  let next = 1
  let state: 'silent' | 'greeted' | 'ended' = 'silent'
  const cancelGreeting = deps.timer(ANSWER_MS, deps.onBroken)

  const answer = (ref: number, event: Event | undefined): void => {
    const call = waiting.get(ref)
    requests.delete(ref)
    waiting.delete(ref)
    call?.cancel()
    call?.settle(event)
  }
  const act = (event: Event): void => {
    const verdict = judge(state === 'greeted', requests, event)
    switch (verdict.do) {
      case 'greet':
        state = 'greeted'
        cancelGreeting()
        deps.onGreeting(verdict.challenge)
        break
      case 'answer':
        answer(verdict.ref, event)
        break
      case 'deliver':
        deps.onEntries(verdict.entries)
        break
      case 'break':
        deps.onBroken()
        break
      case 'ignore':
        break
      default:
        unreachable(verdict)
    }
  }
  return {
    ask: (asked, onAnswer = () => undefined) =>
      new Promise((resolve) => {
        const settle = (event: Event | undefined): void => {
          // The judge has matched request and answer.
          const typed = event as Parameters<typeof onAnswer>[0]
          onAnswer(typed)
          resolve(typed)
        }
        if (state !== 'greeted') {
          settle(undefined)
          return
        }
        const ref = next++
        const request = { ...asked, ref } as unknown as Request
        requests.set(ref, request)
        waiting.set(ref, { settle, cancel: deps.timer(ANSWER_MS, deps.onBroken) })
        deps.send(encodeRequest(request))
      }),
    hear: (frame) => {
      if (state === 'ended') return
      const event = decodeEvent(frame)
      if (event.ok) act(event.value)
      else deps.onBroken()
    },
    end: () => {
      state = 'ended'
      cancelGreeting()
      for (const ref of [...waiting.keys()]) answer(ref, undefined)
    },
  }
}
