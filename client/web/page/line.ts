/** The page's end of the line to the worker: every request gets its answer, events go to whoever listens. Not here: what the page keeps of them (core.svelte.ts). */
import type {
  Answer,
  Asked,
  FromWorker,
  RequestName,
  ToWorker,
  ViewAnswer,
  WorkerEvent,
} from '../worker/port.ts'
import type { Views } from '../worker/shown.ts'

export type Line = {
  readonly ask: <N extends Exclude<RequestName, 'view'>>(name: N, asked: Asked<N>) => Promise<Answer<N>>
  readonly look: <V extends keyof Views>(committee: string, view: V) => Promise<ViewAnswer<V>>
}

type Port = Pick<Worker, 'postMessage' | 'onmessage'>

export const createLine = (port: Port, heard: (event: WorkerEvent) => void): Line => {
  const waiting = new Map<number, (answer: never) => void>()
  let last = 0
  port.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if ('event' in data) return heard(data.event)
    waiting.get(data.number)?.(data.answer as never)
    waiting.delete(data.number)
  }
  const send = <A>(name: RequestName, asked: object): Promise<A> =>
    new Promise((resolve) => {
      last++
      waiting.set(last, resolve)
      port.postMessage({ number: last, do: name, ...asked } as ToWorker)
    })
  return {
    ask: (name, asked) => send(name, asked),
    look: (committee, view) => send('view', { committee, view }),
  }
}
