/** What kind of file each file of the web client is, for whoever hands it out. */
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  wasm: 'application/wasm',
  webmanifest: 'application/manifest+json',
}

/** By the end of its name; undefined for what no release has. */
export const fileType = (path: string): string | undefined => TYPES[path.split('.').at(-1) ?? '']
