/** The way from outside: name, certificate, proxy, a relay at the end of it. Asked as a client would ask. */
import { lookup } from 'node:dns/promises'
import { connect as connectTcp, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { connect as connectTls } from 'node:tls'
import { type Config, isLoopback } from '../../config.ts'
import { clockFinding, type Finding, failure, fine, warning } from './finding.ts'
import { greetingFinding } from './greeting.ts'
import type { OwnRelay } from './ownRelay.ts'

/** Milliseconds for each answer. */
const PATIENCE_MS = 5_000
const DAY_MS = 86_400_000
/** Days before its end at which a certificate should have been renewed. */
const RENEWED_DAYS = 14

/** `own`: undefined where no relay has run yet. */
export const checkNetwork = async (
  config: Config,
  own: OwnRelay | undefined,
): Promise<readonly Finding[]> => [
  ...(config.publicUrl === undefined ? [UNSAID] : await publicFindings(config.publicUrl, config, own)),
  ...(await metricsFindings(config)),
]

const UNSAID = warning(
  'address',
  'TOCSIN_PUBLIC_URL is not set: invites name the address that the relay listens on',
  'set it to the wss:// address that clients use',
)

const publicFindings = async (
  publicUrl: string,
  config: Config,
  own: OwnRelay | undefined,
): Promise<readonly Finding[]> => {
  const url = new URL(publicUrl)
  const isSecure = url.protocol === 'wss:'
  const way = await wayFindings(url, isSecure)
  return [
    ...way,
    ...(isSecure ? [proxyFinding(config)] : []),
    ...(way.some(({ verdict }) => verdict === 'failure')
      ? []
      : [await greetingFinding(publicUrl, own), ...(await dateFindings(publicUrl))]),
  ]
}

/** What everything behind it needs: with a failure here, nobody gets further. */
const wayFindings = async (url: URL, isSecure: boolean): Promise<readonly Finding[]> => {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const name = isIP(host) ? [] : [await nameFinding(host)]
  if (name.some(({ verdict }) => verdict === 'failure')) return name
  return [...name, isSecure ? await certificateFinding(host, Number(url.port || 443)) : plainFinding(host)]
}

const nameFinding = async (host: string): Promise<Finding> => {
  const found = await lookup(host, { all: true }).catch(() => [])
  if (found.length === 0) return failure('name', `${host} is not known to DNS`, 'add an A or AAAA record')
  const own = Object.values(networkInterfaces()).flatMap((each) => each?.map(({ address }) => address) ?? [])
  const isHere = found.some(({ address }) => own.includes(address))
  return fine(
    'name',
    isHere ? `${host} is this machine` : `${host} is known, as another machine or one before this`,
  )
}

const plainFinding = (host: string): Finding =>
  isLoopback(host) || host.endsWith('.onion')
    ? fine('tls', 'is not needed on the way there')
    : failure(
        'tls',
        'the public address is not encrypted',
        'put a proxy with TLS in front, and say wss:// in TOCSIN_PUBLIC_URL',
      )

const certificateFinding = (host: string, port: number): Promise<Finding> =>
  new Promise((resolve) => {
    const socket = connectTls({
      host,
      port,
      ...(isIP(host) ? {} : { servername: host }),
      rejectUnauthorized: false,
    })
    const end = (finding: Finding): void => {
      socket.destroy()
      resolve(finding)
    }
    socket.setTimeout(PATIENCE_MS, () =>
      end(failure('tls', 'nobody answers there', 'look at the proxy and the firewall')),
    )
    socket.once('error', () =>
      end(failure('tls', 'no connection with TLS comes about', 'look at the proxy and the firewall')),
    )
    socket.once('secureConnect', () => {
      if (!socket.authorized) return end(distrust(String(socket.authorizationError)))
      const days = Math.floor((Date.parse(socket.getPeerCertificate().valid_to) - Date.now()) / DAY_MS)
      end(certificateAge(days))
    })
  })

const distrust = (code: string): Finding => {
  if (code === 'CERT_HAS_EXPIRED')
    return failure('tls', 'the certificate has ended', 'look why it is not renewed')
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return failure(
      'tls',
      'the certificate there is for another name',
      'look where DNS points to, and let the proxy get one for this name',
    )
  return failure('tls', 'the certificate is not one that clients trust', 'let the proxy get one that is')
}

const certificateAge = (days: number): Finding =>
  days >= RENEWED_DAYS
    ? fine('tls', `the certificate is good for ${days} days`)
    : warning('tls', `the certificate ends in ${days} days`, 'look why it is not renewed')

const dateFindings = async (publicUrl: string): Promise<readonly Finding[]> => {
  const url = `${publicUrl.replace(/^ws/, 'http').replace(/\/$/, '')}/livez`
  const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => undefined)
  const date = Date.parse(answer?.headers.get('date') ?? '')
  return Number.isNaN(date) ? [] : [clockFinding("the public address's", (date - Date.now()) / 1000)]
}

/** Of addresses that a proxy of one's own has. */
const NEAR = ['127.0.0.1', '::1', '172.18.0.2', '10.0.0.2', '192.168.0.2']

const proxyFinding = ({ edge }: Config): Finding =>
  NEAR.some(edge.isTrustedProxy)
    ? fine('proxy', 'its word about where people come from is taken')
    : warning(
        'proxy',
        'everybody seems to come from the proxy, and shares the limits of one caller',
        'set TOCSIN_TRUSTED_PROXY, such as to loopback or private',
      )

/** From this machine's other addresses, as somebody outside would come. */
const metricsFindings = async ({ metrics }: Config): Promise<readonly Finding[]> => {
  if (metrics === undefined || metrics.port === 0) return []
  const outside = Object.values(networkInterfaces()).flatMap(
    (each) => each?.filter(({ internal }) => !internal).map(({ address }) => address) ?? [],
  )
  const reached = await Promise.all(outside.map((host) => answers(host, metrics.port)))
  return [
    reached.includes(true)
      ? failure('metrics', 'something answers on their port from outside', 'take away what forwards it')
      : fine('metrics', 'cannot be reached from outside'),
  ]
}

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectTcp({ host, port, timeout: 1000 })
    const end = (is: boolean): void => {
      socket.destroy()
      resolve(is)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
  })
