/**
 * The web client at `/`, as `npm start` built it: read once at the start and handed out from memory, so that everybody gets files of
 * one build. Nothing is logged, and a page gets no more rights than it needs. Not here: how it is built (client/web/build.mjs), and
 * the pages of a relay without it (pages.ts).
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fileType } from '../../shared/release/fileType.ts'
import { WEB_HEADERS } from '../../shared/release/headers.ts'
import { parseRelease, parseSigned } from '../../shared/release/release.ts'

type WebFile = { readonly type: string; readonly brotli: Buffer; readonly gzip: Buffer }
/** By path below `/`. */
export type WebFiles = ReadonlyMap<string, WebFile>

/** Undefined where there is no build. */
export const readWebFiles = (folder: string): WebFiles | undefined => {
  const files = new Map(
    builtFiles(folder).map((path) => [relative(folder, path).split(sep).join('/'), read(path)]),
  )
  return files.has('index.html') ? files : undefined
}

const builtFiles = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && fileType(entry.name) !== undefined)
      .map((entry) => join(entry.parentPath, entry.name))
  } catch {
    return []
  }
}

const read = (path: string): WebFile => ({
  type: fileType(path) ?? '',
  brotli: readFileSync(`${path}.br`),
  gzip: readFileSync(`${path}.gz`),
})

export const webRoutes = (app: FastifyInstance, files: WebFiles): void => {
  const released = headersOf(files)
  for (const [path, file] of files) {
    const headers = { ...released, 'content-type': file.type, ...cachingOf(path), etag: tagOf(file) }
    const answer = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
      send(file, headers, { request, reply })
    app.get(`/${path}`, answer)
    if (path === 'index.html') app.get('/', answer)
  }
}

/** Those that were released with these files: they may name a bell, or the relay of a city, elsewhere. */
const headersOf = (files: WebFiles): Readonly<Record<string, string>> => {
  const file = files.get('release.json')
  const signed = file && parseSigned(brotliDecompressSync(file.brotli).toString())
  const release = signed && parseRelease(signed.release)
  return { ...WEB_HEADERS, ...release?.headers }
}

/** Names below assets/ hold a hash of what they name. */
const cachingOf = (path: string): Readonly<Record<string, string>> => ({
  vary: 'accept-encoding',
  'cache-control': path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
})

/** Whoever has these bytes already fetches them no second time. */
const tagOf = ({ brotli }: WebFile): string =>
  `W/"${createHash('sha256').update(brotli).digest('base64url')}"`

type Headers = Readonly<Record<string, string>>
type Asked = { readonly request: FastifyRequest; readonly reply: FastifyReply }

const send = ({ brotli, gzip }: WebFile, headers: Headers, { request, reply }: Asked): FastifyReply => {
  reply.headers(headers)
  if (request.headers['if-none-match'] === headers.etag) return reply.code(304).send()
  const accepted = String(request.headers['accept-encoding'] ?? '')
  if (/\bbr\b/.test(accepted)) return reply.header('content-encoding', 'br').send(brotli)
  if (/\bgzip\b/.test(accepted)) return reply.header('content-encoding', 'gzip').send(gzip)
  return reply.send(brotliDecompressSync(brotli))
}
