/** The bell's environment, checked before anything starts. Not here: the relay's (server/config.ts). */
import { err, ok, type Result } from '../../shared/base/result.ts'

export const BELL_SETTINGS = [
  'TOCSIN_BELL_HOST',
  'TOCSIN_BELL_PORT',
  'TOCSIN_BELL_PUBLIC_URL',
  'TOCSIN_BELL_HOSTS',
  'TOCSIN_BELL_CONTACT',
  'TOCSIN_BELL_DATA',
  'TOCSIN_BELL_DATABASE_URL',
] as const

export type BellSettings = {
  readonly host: string
  readonly port: number
  readonly publicUrl: string | undefined
  /** Of UnifiedPush distributors, besides the known push services. */
  readonly hosts: readonly string[]
  /** Whom a push service may write to. */
  readonly contact: string
  readonly dataDir: string
  readonly databaseUrl: string | undefined
}

type Env = Readonly<Record<string, string | undefined>>

/** One sentence where a setting is unknown or wrong; its value is not repeated. */
export const readBellSettings = (env: Env): Result<BellSettings, string> => {
  const known: readonly string[] = BELL_SETTINGS
  const unknown = Object.keys(env).find((name) => name.startsWith('TOCSIN_BELL_') && !known.includes(name))
  if (unknown !== undefined) return err(`${unknown} is no setting of the bell: ${known.join(', ')}.`)
  const given = env.TOCSIN_BELL_PORT ?? '8790'
  const port = Number(given)
  if (!/^\d{1,5}$/.test(given) || port > 65_535)
    return err('TOCSIN_BELL_PORT is not a port: a whole number up to 65535.')
  return ok({
    host: env.TOCSIN_BELL_HOST ?? '127.0.0.1',
    port,
    publicUrl: env.TOCSIN_BELL_PUBLIC_URL,
    hosts: (env.TOCSIN_BELL_HOSTS ?? '').split(',').filter((host) => host !== ''),
    contact: env.TOCSIN_BELL_CONTACT ?? 'mailto:nobody@invalid.example',
    dataDir: env.TOCSIN_BELL_DATA ?? './data-bell',
    databaseUrl: env.TOCSIN_BELL_DATABASE_URL || undefined,
  })
}
