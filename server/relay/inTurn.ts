/**
 * Work that holds a log's row in the store for as long as the disk takes: one piece at a time, one from each owner in turn, so that whoever asks for
 * much of it keeps an append to the same log waiting for one piece at most, and takes no connection to the store from openings and reads.
 */
import { createTurns } from './turns.ts'

export type InTurn = <T>(owner: object, work: () => Promise<T>) => Promise<T>

export const createInTurn = (): InTurn => {
  const waiting = createTurns<() => Promise<void>>()
  let isBusy = false
  const run = async (): Promise<void> => {
    if (isBusy) return
    isBusy = true
    for (let next = waiting.take(); next !== undefined; next = waiting.take()) await next()
    isBusy = false
  }
  return (owner, work) =>
    new Promise((resolve, reject) => {
      waiting.add(owner, () => work().then(resolve, reject))
      void run()
    })
}
