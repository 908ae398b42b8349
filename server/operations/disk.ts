/** Where the relay's data is on this machine, and how much is free there. */
import { statfs } from 'node:fs/promises'
import type { Config } from '../config.ts'

/** Undefined when the data is on another machine, and nobody said where it is on this one. */
export const dataFolderOf = (config: Config): string | undefined =>
  config.databaseUrl === undefined ? config.dataFolder : undefined

export type Space = { readonly free: number; readonly total: number }

/** Bytes that the relay's account may still write. */
export const spaceOf = async (folder: string): Promise<Space> => {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { free: bavail * bsize, total: blocks * bsize }
}
