/** The relay as a process of its own, started as `npm start` does; it can be killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { parseRelayAddress } from '../../shared/protocol/relayAddress.ts'
import type { RelayAt } from './wire.ts'

export type RelayProcess = RelayAt & {
  readonly pid: number
  readonly said: () => string
  readonly kill: () => Promise<void>
  /** Its exit code, once it has ended. */
  readonly gone: Promise<number | null>
  /** SIGTERM, and the exit code. */
  readonly end: () => Promise<number | null>
}

export type Started =
  | { readonly ok: true; readonly relay: RelayProcess }
  | { readonly ok: false; readonly code: number | null; readonly said: string }

/** One that has to start. */
export const startRelayProcess = async (env: Readonly<Record<string, string>>): Promise<RelayProcess> => {
  const start = await spawnRelay(env)
  if (!start.ok) throw new Error(`exit ${start.code}: ${start.said}`)
  return start.relay
}

type Around = {
  /** A SIGKILL, at any time. */
  readonly signal?: AbortSignal
  /** Of what runs it in its place, such as prlimit. */
  readonly words?: readonly string[]
}

/** `env` replaces the environment, apart from PATH. */
export const spawnRelay = (
  env: Readonly<Record<string, string>>,
  { signal, words = [] }: Around = {},
): Promise<Started> => {
  const [command = '', ...rest] = [
    ...words,
    process.execPath,
    '--max-semi-space-size=4',
    'server/tocsinRelay.mjs',
  ]
  const child: ChildProcess = spawn(command, rest, {
    env: { PATH: process.env.PATH ?? '', TOCSIN_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal, killSignal: 'SIGKILL' }),
  })
  child.on('error', () => undefined) // the signal
  let said = ''
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const end = (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal)
    return gone
  }
  return new Promise((resolve) => {
    const heard = (text: string): void => {
      said += text
      const address = parseRelayAddress(/(wss?:\S+#\S+)\n/.exec(said)?.[1] ?? '')
      if (address?.admission === undefined) return
      const { url, key, admission } = address
      const kill = (): Promise<void> => end('SIGKILL').then(() => undefined)
      const pid = child.pid ?? 0
      resolve({
        ok: true,
        relay: { url, key, admission, pid, said: () => said, kill, gone, end: () => end('SIGTERM') },
      })
    }
    child.stdout?.setEncoding('utf8').on('data', heard)
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    void gone.then((code) => resolve({ ok: false, code, said }))
  })
}
