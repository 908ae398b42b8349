/** The machine: Node, files that may be open, memory, disk, its clock, who may read what. */
import { execFile } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Config } from '../../config.ts'
import { spaceOf } from '../disk.ts'
import { connectionsFor, filesFor, openFilesLimit } from '../openFiles.ts'
import { sizeText } from '../stats.ts'
import { type Finding, failure, fine, warning } from './finding.ts'

const MIB = 1 << 20
const GIB = 1 << 30

export const checkMachine = async (config: Config): Promise<readonly Finding[]> => [
  nodeFinding(process.versions.node),
  ...openFilesFindings(config.maxConnections),
  memoryFinding(Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem())),
  ...(await diskFindings(config.disk)),
  ...(await ntpFindings()),
  ...permissionFindings(config),
]

export const nodeFinding = (version: string): Finding => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 20 || (major === 20 && minor >= 19)
    ? fine('node', `version ${version}`)
    : failure('node', `version ${version} is too old`, 'install Node 20.19 or newer')
}

export const openFilesFinding = (limit: number, connections: number): Finding => {
  const needed = filesFor(connections)
  if (limit >= needed) return fine('open files', `${limit} may be open`)
  const sentence = `only ${limit} may be open, enough for ${connectionsFor(limit)} of ${connections} connections`
  return warning(
    'open files',
    sentence,
    `raise the limit (LimitNOFILE, ulimit -n) to ${needed}, or lower TOCSIN_MAX_CONNECTIONS`,
  )
}

const openFilesFindings = (connections: number): readonly Finding[] => {
  const limit = openFilesLimit()
  return limit === undefined ? [] : [openFilesFinding(limit, connections)]
}

const memoryFinding = (bytes: number): Finding =>
  bytes >= 384 * MIB
    ? fine('memory', `${sizeText(bytes)} in all`)
    : warning(
        'memory',
        `${sizeText(bytes)} in all is little`,
        'give the relay 512 MiB, or lower TOCSIN_MAX_CONNECTIONS',
      )

const diskFindings = async (folder: string | undefined): Promise<readonly Finding[]> => {
  if (folder === undefined)
    return [
      warning(
        'disk',
        'is not watched, since the database is elsewhere',
        'set TOCSIN_MAX_BYTES, or TOCSIN_DISK if it is on this machine',
      ),
    ]
  const space = await spaceOf(folder).catch(() => undefined)
  if (space === undefined)
    return [warning('disk', `${folder} cannot be looked at`, 'start the relay once, or set TOCSIN_DATA')]
  const sentence = `${sizeText(space.free)} of ${sizeText(space.total)} free`
  if (space.free < 128 * MIB) return [failure('disk', sentence, 'make room: appends are refused')]
  return space.free < Math.min(GIB, space.total / 10)
    ? [warning('disk', sentence, 'make room: no new logs are created')]
    : [fine('disk', sentence)]
}

/** Where systemd keeps the time. */
const ntpFindings = async (): Promise<readonly Finding[]> => {
  const asked = promisify(execFile)('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], {
    timeout: 3000,
  })
  const answer = await asked.then(({ stdout }) => stdout.trim()).catch(() => undefined)
  if (answer === 'yes') return [fine('clock', 'is kept by NTP')]
  return answer === 'no' ? [warning('clock', 'is not kept by NTP', 'run `timedatectl set-ntp true`')] : []
}

const permissionFindings = ({ databaseUrl, dataFolder, secretFiles }: Config): readonly Finding[] => {
  const own = join(dataFolder, 'postgres')
  const folders = databaseUrl === undefined && existsSync(own) ? [modeFinding(own, 0o077, 'failure')] : []
  return [...folders, ...secretFiles.map((file) => modeFinding(file, 0o007, 'warning'))]
}

const modeFinding = (path: string, forbidden: number, verdict: 'failure' | 'warning'): Finding => {
  const mode = statSync(path).mode & 0o777
  if ((mode & forbidden) === 0) return fine('permissions', `${path} is closed to others`)
  const sentence = `${path} is open to others (mode ${mode.toString(8)})`
  return {
    verdict,
    what: 'permissions',
    sentence,
    todo: `chmod ${forbidden === 0o077 ? 'go=' : 'o='} ${path}`,
  }
}
