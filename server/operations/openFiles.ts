/** How many files this process may have open, and how many connections that is enough for. Every socket is one, those to the database too. */
import { existsSync, readFileSync } from 'node:fs'

/** Of the process and its database, at most. */
const OWN_FILES = 100
/** Sockets for each connection: half-open ones and pages need some as well. */
const SOCKETS = 1.25

/** Undefined where the system does not say. Node has raised it as far as it may. */
export const openFilesLimit = (): number | undefined => {
  const limits = existsSync('/proc/self/limits') ? readFileSync('/proc/self/limits', 'utf8') : ''
  const [, soft] = /^Max open files +(\d+)/m.exec(limits) ?? []
  return soft === undefined ? undefined : Number(soft)
}

export const filesFor = (connections: number): number => Math.ceil(connections * SOCKETS) + OWN_FILES

export const connectionsFor = (files: number): number =>
  Math.max(1, Math.floor((files - OWN_FILES) / SOCKETS))
