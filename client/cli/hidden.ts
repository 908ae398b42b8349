/** A question whose answer is not shown: on the terminal that standard input is, or else on the one this process belongs to. */
import { openSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import type { Streams } from './terminal.ts'

const ENTER = /[\r\n]/
const INTERRUPT = '\u0003'
const END = '\u0004'
const ERASE = /[\u0008\u007f]/
/** Arrow and function keys arrive as sequences of several characters: nothing that belongs into an answer. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is meant
const SEQUENCE = /\u001b(?:\[[0-9;]*[ -/]*[@-~]|O.|.)?/g

export const askHidden = async (
  streams: Streams,
  question: string,
  interrupt: () => void,
): Promise<string | undefined> => {
  const keyboard = findKeyboard(streams)
  if (!keyboard) return undefined
  streams.errors.write(`${question} `)
  keyboard.setRawMode(true)
  keyboard.resume()
  try {
    return await readAnswer(keyboard, interrupt)
  } finally {
    keyboard.setRawMode(false)
    keyboard.pause()
    if (keyboard !== streams.input) keyboard.destroy()
    streams.errors.write('\n')
  }
}

const findKeyboard = ({ input }: Streams): ReadStream | undefined => {
  if (input.isTTY && input instanceof ReadStream) return input
  try {
    return new ReadStream(openSync('/dev/tty', 'r+'))
  } catch {
    return undefined
  }
}

const readAnswer = (keyboard: ReadStream, interrupt: () => void): Promise<string | undefined> =>
  new Promise((resolve) => {
    let typed: readonly string[] = []
    const end = (answer: string | undefined): void => {
      keyboard.off('data', hear)
      resolve(answer)
    }
    const hear = (data: Buffer | string): void => {
      for (const character of String(data).replace(SEQUENCE, '')) {
        if (ENTER.test(character)) return end(typed.join(''))
        if (character === INTERRUPT) return interrupt()
        if (character === END && typed.length === 0) return end(undefined)
        if (ERASE.test(character)) typed = typed.slice(0, -1)
        else if (character >= ' ') typed = [...typed, character]
      }
    }
    keyboard.setEncoding('utf8')
    keyboard.on('data', hear)
  })
