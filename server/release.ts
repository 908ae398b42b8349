/** Which release this is, and where its migrations and its web client are. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const about: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

export const VERSION: string =
  typeof about === 'object' && about && 'version' in about ? String(about.version) : 'unknown'

export const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url))

/** There once `npm start` has built it. */
export const WEB = fileURLToPath(new URL('../dist/web', import.meta.url))
