/** Where the relay's data is: on the server that DATABASE_URL names, or in the embedded database, which is started for it. */
import { ok, type Result } from '../../shared/base/result.ts'
import type { Config } from '../config.ts'
import { startEmbedded } from '../embedded/embedded.ts'
import type { DatabaseAddress } from '../store/database.ts'

export type Place = {
  readonly address: DatabaseAddress
  /** Ends the embedded database if it was started here. */
  readonly leave: () => Promise<void>
  /** Ends the embedded database, whoever started it: for the relay that has claimed it. */
  readonly close: () => Promise<void>
}

/** `tell`: when the embedded database had to be started again. The error is a sentence. */
export const findPlace = async (
  config: Config,
  tell: (sentence: string) => void,
): Promise<Result<Place, string>> => {
  const nothing = async (): Promise<void> => undefined
  if (config.databaseUrl !== undefined)
    return ok({ address: { url: config.databaseUrl }, leave: nothing, close: nothing })
  const embedded = await startEmbedded(config.dataFolder, tell)
  if (!embedded.ok) return embedded
  const { socketFolder, wasRunning, stop, release } = embedded.value
  const leave = async (): Promise<void> => (wasRunning ? release() : stop())
  return ok({ address: { socketFolder }, leave, close: stop })
}
