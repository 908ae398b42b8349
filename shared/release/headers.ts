/**
 * The headers that the web client runs under: part of a release, so that they are signed with it, and sent by whoever serves it. Not
 * here: the files (release.ts).
 */

/** Scripts only from here, made into URLs only by the client's own policy; `wasm` is the cryptography. `'self'` is also this relay's socket. */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
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

export const WEB_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_POLICY,
  'permissions-policy': PERMISSIONS,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}
