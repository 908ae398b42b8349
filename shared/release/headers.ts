/**
 * The headers that the web client runs under: part of a release, so that they are signed with it, and sent by whoever serves it. Not
 * here: the files (release.ts).
 */

const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::[0-9]{1,5})?$/i
const THIS_MACHINE = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::|$)/i

/** Where what is elsewhere is reached: without TLS on this machine only. */
const at =
  (scheme: 'ws' | 'http') =>
  (host: string): string =>
    `${scheme}${THIS_MACHINE.test(host) ? '' : 's'}://${host}`

type Elsewhere = { readonly relays: readonly string[]; readonly bells: readonly string[] }

/** Scripts only from here, made into URLs only by the client's own policy; `wasm` is the cryptography. `'self'` is also the socket of a relay that serves the client. */
const contentPolicy = ({ relays, bells }: Elsewhere): string =>
  [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "media-src 'self' blob:",
    ["connect-src 'self'", ...relays.map(at('ws')), ...bells.map(at('http'))].join(' '),
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types tocsin svelte-trusted-html',
  ].join('; ')

/** What a page could have and this one never asks for: senses of the device, what is plugged into it, and what tells one device from another or a person from others. */
const NEVER = [
  'accelerometer',
  'attribution-reporting',
  'browsing-topics',
  'clipboard-read',
  'display-capture',
  'encrypted-media',
  'gamepad',
  'geolocation',
  'gyroscope',
  'hid',
  'identity-credentials-get',
  'idle-detection',
  'join-ad-interest-group',
  'keyboard-map',
  'local-fonts',
  'magnetometer',
  'midi',
  'otp-credentials',
  'payment',
  'private-aggregation',
  'publickey-credentials-get',
  'run-ad-auction',
  'screen-wake-lock',
  'serial',
  'shared-storage',
  'sync-xhr',
  'usb',
  'xr-spatial-tracking',
] as const

/** Camera for the code of an invite, microphone for a voice note. */
const PERMISSIONS = ['camera=(self)', 'microphone=(self)', ...NEVER.map((name) => `${name}=()`)].join(', ')

/** `relays`: names, perhaps with ports and commas between them, of the relays elsewhere that a client on a host of its own speaks to: a committee's and its city's may be two. `bells`: in the same way, of bells. Undefined for what is no host. */
export const webHeaders = (relays?: string, bells?: string): Readonly<Record<string, string>> | undefined => {
  const elsewhere = { relays: relays?.split(',') ?? [], bells: bells?.split(',') ?? [] }
  const isSound = [...elsewhere.relays, ...elsewhere.bells].every((host) => HOST.test(host))
  return isSound ? headersFor(elsewhere) : undefined
}

const headersFor = (elsewhere: Elsewhere): Readonly<Record<string, string>> => ({
  'content-security-policy': contentPolicy(elsewhere),
  'permissions-policy': PERMISSIONS,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
})

/** Of a client that its relay serves, and that speaks to nobody else. */
export const WEB_HEADERS = headersFor({ relays: [], bells: [] })
