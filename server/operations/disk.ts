/** How much is free on a disk. */
import { statfs } from 'node:fs/promises'

export type Space = { readonly free: number; readonly total: number }

/** Bytes that the relay's account may still write. */
export const spaceOf = async (folder: string): Promise<Space> => {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { free: bavail * bsize, total: blocks * bsize }
}
