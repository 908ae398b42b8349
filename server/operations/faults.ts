/** Sentences about a database that does not do what it should. Messages of the driver may hold its URL, and that a password: only codes are shown. */
import { resolve } from 'node:path'
import type { Config } from '../config.ts'

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && /^[A-Za-z0-9_]{1,40}$/.test(String(error.code))
    ? String(error.code)
    : 'unknown'

/** Codes that the operator can do something about, and what. */
const KNOWN: Readonly<Record<string, string>> = {
  '28P01': 'its password is wrong',
  '28000': 'it does not let this account in',
  '3D000': 'there is no database of that name',
  '42501': 'this account may not do that',
  '53300': 'it has too many connections',
  ENOTFOUND: 'its host name is not known',
  EAI_AGAIN: 'its host name cannot be looked up now',
  ECONNREFUSED: 'nothing listens there',
}

export const databaseSentence = (error: unknown, { databaseUrl }: Config): string => {
  const code = codeOf(error)
  if (databaseUrl === undefined)
    return `The embedded database cannot be used (${code}): is another relay just ending? Try again.`
  const known = KNOWN[code]
  return known === undefined
    ? `The database cannot be used (${code}): is it running, and is DATABASE_URL right?`
    : `The database cannot be used (${code}): ${known}. See DATABASE_URL.`
}

export const listenSentence = (error: unknown, host: string, port: number, names: string): string =>
  `Cannot listen on ${host} port ${port} (${codeOf(error)}): set ${names}.`

export const NEWER = 'The database was last used by a newer version of the relay: use that one.'
export const MOVED =
  'Everything in this database was moved to another machine, which serves it now: it must not be served twice.'

export const takenSentence = ({ databaseUrl, dataFolder }: Config): string =>
  databaseUrl === undefined
    ? `Another relay is running on ${resolve(dataFolder)}: stop it first, or set TOCSIN_DATA to another folder.`
    : 'A relay of an older version is using this database, or it is being moved: wait for it, or stop it first.'

export const nothingThere = ({ databaseUrl, dataFolder }: Config): string =>
  databaseUrl === undefined
    ? `No relay has run on ${resolve(dataFolder)} yet: start one, or set TOCSIN_DATA to the folder of yours.`
    : 'No relay has run on this database yet: start one first.'
