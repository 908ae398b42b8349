/**
 * The person's side: results to standard output, questions, notes and progress to standard error. Everything that leaves here goes
 * through plainText.ts and nothing is coloured, so no control sequence reaches a terminal except those that redraw a line of our own, and the bell.
 * Not here: questions without echo (hidden.ts).
 */
import { createInterface, type Interface } from 'node:readline'
import { toPlainText } from '../core/committee/plainText.ts'
import { askHidden } from './hidden.ts'
import type { Output, Streams } from './streams.ts'
import { wrap } from './wrap.ts'

export type Terminal = {
  /** Somebody sits in front of it and types. */
  readonly isInteractive: boolean
  readonly say: (text: string) => void
  readonly note: (text: string) => void
  /** The terminal's bell; nothing where nobody sits in front of it. */
  readonly ring: () => void
  /** One line without the spaces around it; undefined when there is no more input. */
  readonly ask: (question: string) => Promise<string | undefined>
  /** Not shown while it is typed; undefined when there is nobody to ask. */
  readonly askHidden: (question: string) => Promise<string | undefined>
  /** Everything that standard input still has. */
  readonly readAll: () => Promise<string>
  /** Calls with every line that is typed from now on. The answer ends it. */
  readonly onLine: (take: (line: string) => void) => () => void
  /** What takes its time; undefined when it is over. Shown once it has taken a second. */
  readonly progress: (text: string | undefined) => void
  /** The same for what lets nothing else happen meanwhile, so that no second can be waited for. */
  readonly busy: (text: string) => void
  readonly close: () => void
}

export const createTerminal = (streams: Streams, interrupt: () => void): Terminal => {
  const isInteractive = streams.input.isTTY === true && streams.errors.isTTY === true
  const progress = createProgress(streams.errors)
  const lines = createLines(streams, interrupt)
  const note = (text: string): void => {
    progress.hide()
    lines.aside(() => streams.errors.write(`${forScreen(text, streams.errors)}\n`))
  }
  return {
    isInteractive,
    say: (text) => {
      progress.hide()
      lines.aside(() => streams.output.write(`${forScreen(text, streams.output)}\n`))
    },
    note,
    ring: () => void (isInteractive && streams.errors.write('\u0007')),
    ask: async (question) => {
      progress.hide()
      const line = await lines.next(`${forScreen(question, streams.errors)} `)
      return line?.trim()
    },
    askHidden: (question) => {
      progress.hide()
      return askHidden(streams, toPlainText(question), interrupt)
    },
    readAll: async () => {
      const all: string[] = []
      for (let line = await lines.next(); line !== undefined; line = await lines.next()) all.push(line)
      return all.join('\n')
    },
    onLine: lines.onLine,
    progress: progress.show,
    busy: progress.busy,
    close: () => {
      progress.show(undefined)
      lines.close()
    },
  }
}

const forScreen = (text: string, { isTTY, columns }: Output): string =>
  wrap(toPlainText(text), isTTY ? columns : undefined)

/** Milliseconds of silence that need no explanation. */
const PATIENCE_MS = 1000

const createProgress = (errors: Output) => {
  let text: string | undefined
  let isDrawn = false
  let timer: NodeJS.Timeout | undefined
  const hide = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (isDrawn && errors.isTTY) errors.write('\r\u001b[K')
    isDrawn = false
  }
  const draw = (): void => {
    if (text === undefined) return
    if (errors.isTTY) errors.write(`\r\u001b[K${toPlainText(text)} …`)
    else errors.write(`${toPlainText(text)} …\n`)
    isDrawn = true
  }
  return {
    hide,
    busy: (next: string): void => {
      text = next
      if (errors.isTTY) draw()
    },
    show: (next: string | undefined): void => {
      const wasDrawn = isDrawn
      text = next
      if (next === undefined) hide()
      else if (wasDrawn && errors.isTTY) draw()
      else if (timer === undefined) {
        timer = setTimeout(draw, PATIENCE_MS)
        timer.unref()
      }
    },
  }
}

/** What was typed and sent is shown again with its time and id: the raw line goes. */
const eraseTyped = (line: string, errors: Output): string => {
  const rows = 1 + Math.floor(line.length / (errors.columns || 80))
  return '\u001b[1A\u001b[2K'.repeat(rows)
}

/** Lines of the input, kept until somebody asks for one. */
const createLines = ({ input, errors }: Streams, interrupt: () => void) => {
  const isTyped = input.isTTY === true && errors.isTTY === true
  const ready: string[] = []
  const waiting: ((line: string | undefined) => void)[] = []
  let listener: ((line: string) => void) | undefined
  let reader: Interface | undefined
  let isOver = false

  const askOn = (started: Interface, question = ''): void => {
    if (!isTyped) return
    started.setPrompt(question)
    started.prompt()
  }
  const hear = (line: string): void => {
    const next = waiting.shift()
    if (!next && listener && isTyped) errors.write(eraseTyped(line, errors))
    const take = next ?? listener ?? ((more: string) => void ready.push(more))
    take(line)
  }
  const start = (): Interface => {
    if (reader) return reader
    const started = isTyped
      ? createInterface({ input, output: process.stderr, prompt: '', historySize: 0 })
      : createInterface({ input })
    started.on('line', hear)
    started.on('SIGINT', interrupt)
    started.on('close', () => {
      reader = undefined
      isOver = true
      for (const next of waiting.splice(0)) next(undefined)
    })
    reader = started
    return started
  }
  /** A terminal is let go between questions, so that a hidden one can have it. */
  const rest = (): void => {
    if (!isTyped || listener) return
    reader?.close()
    isOver = false
  }
  return {
    /** `question` is shown in front of what is typed. */
    next: async (question?: string): Promise<string | undefined> => {
      if (!isTyped) errors.write(question === undefined ? '' : `${question}\n`)
      const line = ready.shift()
      if (line !== undefined || isOver) return line
      askOn(start(), question)
      const typed = await new Promise<string | undefined>((resolve) => waiting.push(resolve))
      rest()
      return typed
    },
    onLine: (take: (line: string) => void): (() => void) => {
      listener = take
      start().prompt()
      return () => {
        listener = undefined
        rest()
      }
    },
    /** Writes above the line that is being typed. */
    aside: (write: () => void): void => {
      if (!listener || !reader || !isTyped) {
        write()
        return
      }
      errors.write('\r\u001b[K')
      write()
      reader.prompt(true)
    },
    close: (): void => reader?.close(),
  }
}
