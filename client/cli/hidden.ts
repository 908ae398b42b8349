/** A question whose answer is not shown: on the terminal that standard input is, or else on the one this process belongs to. */
import { openSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import type { Streams } from './streams.ts'

const ENTER = /[\r\n]/
const INTERRUPT = '\u0003'
const END = '\u0004'
const ERASE: readonly string[] = ['\u0008', '\u007f']
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
    const hear = (data: Buffer | string): void => {
      const characters = [...String(data).replace(SEQUENCE, '')]
      if (characters.includes(INTERRUPT)) interrupt()
      const states = characters.map((character) => {
        const end = endOf(character, typed)
        typed = typedNow(typed, character)
        return end
      })
      const end = states.find((state) => state !== undefined)
      if (!end) return
      keyboard.off('data', hear)
      resolve(end.answer)
    }
    keyboard.setEncoding('utf8')
    keyboard.on('data', hear)
  })

const endOf = (
  character: string,
  typed: readonly string[],
): { readonly answer: string | undefined } | undefined => {
  if (ENTER.test(character)) return { answer: typed.join('') }
  return character === END && typed.length === 0 ? { answer: undefined } : undefined
}

const typedNow = (typed: readonly string[], character: string): readonly string[] => {
  if (ERASE.includes(character)) return typed.slice(0, -1)
  return character >= ' ' ? [...typed, character] : typed
}
