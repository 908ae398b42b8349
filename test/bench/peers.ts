/** Servers that the relay is measured against, as their makers ship them, in a folder of their own. Undefined, and one line, where one is not installed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../support/postgres.ts'
import { findProgram, say } from './bench.ts'

export type PeerServer = { readonly pid: number; readonly url: string; readonly end: () => Promise<void> }

type Facts = {
  readonly program: string
  readonly scheme: string
  readonly config: (port: number, folder: string) => string
}

/** The stream's file is written at once and flushed every two minutes. */
export const startNats = (): Promise<PeerServer | undefined> =>
  start({
    program: 'nats-server',
    scheme: 'nats',
    config: (port, folder) =>
      `host: 127.0.0.1\nport: ${port}\nping_interval: "1h"\njetstream { store_dir: "${folder}" }\n`,
  })

export const startMosquitto = (): Promise<PeerServer | undefined> =>
  start({
    program: 'mosquitto',
    scheme: 'mqtt',
    config: (port, folder) =>
      [
        `listener ${port} 127.0.0.1`,
        'allow_anonymous true',
        'persistence true',
        `persistence_location ${folder}/`,
        'set_tcp_nodelay true',
        'log_type none',
        ...(process.getuid?.() === 0 ? ['user root'] : []),
        '',
      ].join('\n'),
  })

const start = async ({ program, scheme, config }: Facts): Promise<PeerServer | undefined> => {
  const path = findProgram(program)
  if (path === undefined) {
    say(`${program}: left out, it is not installed (Debian has a package of that name)`)
    return undefined
  }
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-peer-'))
  const port = await freePort()
  const file = join(folder, 'server.conf')
  writeFileSync(file, config(port, folder))
  const server = spawn(path, ['-c', file], { stdio: 'ignore' })
  const kill = (): void => void server.kill('SIGKILL')
  process.once('exit', kill)
  await answering(server, port)
  return {
    pid: server.pid ?? 0,
    url: `${scheme}://127.0.0.1:${port}`,
    end: async () => {
      const gone = once(server, 'exit')
      kill()
      await gone
      process.off('exit', kill)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const answering = async (server: ChildProcess, port: number): Promise<void> => {
  for (let i = 0; i < 200; i++) {
    if (server.exitCode !== null) throw new Error(`it ended with ${server.exitCode}`)
    const socket = connect(port, '127.0.0.1')
    const came = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (came) return
    await sleep(25)
  }
  throw new Error('it does not answer')
}
