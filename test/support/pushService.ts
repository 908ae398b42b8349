/** A push service of our own, as RFC 8030 asks for it, on this machine and under a certificate of its own. Not here: the bell that calls it. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

type Call = {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export type PushService = {
  readonly calls: Call[]
  readonly host: string
  readonly at: (path: string) => string
}

const folder = mkdtempSync(join(tmpdir(), 'tocsin-bell-'))
const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
const words =
  'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost'
execFileSync('openssl', [...words.split(' '), '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' })
const [key, cert] = [readFileSync(keyFile), readFileSync(certFile, 'utf8')]
rmSync(folder, { recursive: true })

/** What a bell has to trust. */
export const pushCertificate = cert

/** `statusOf` says what each path answers. */
export const pushService = async (
  t: Pick<Test, 'teardown'>,
  statusOf: (path: string) => number | Promise<number> = () => 201,
): Promise<PushService> => {
  const calls: Call[] = []
  const server = createServer({ key, cert }, (asked, answer) => {
    let body = ''
    asked.on('data', (piece) => {
      body += piece
    })
    asked.on('end', async () => {
      const path = asked.url ?? ''
      calls.push({ path, headers: asked.headers, body })
      answer.writeHead(await statusOf(path), { location: '/elsewhere' }).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const host = `localhost:${(server.address() as AddressInfo).port}`
  return { calls, host, at: (path) => `https://${host}/${path}` }
}
