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

type WebFile = {
  readonly type: string
  readonly brotli: Buffer
  readonly gzip: Buffer
  /** Of its bytes, so that whoever has them already fetches them no second time. */
  readonly tag: string
}
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

const read = (path: string): WebFile => {
  const brotli = readFileSync(`${path}.br`)
  const hash = createHash('sha256').update(brotli).digest('base64url')
  return { type: fileType(path) ?? '', brotli, gzip: readFileSync(`${path}.gz`), tag: `W/"${hash}"` }
}

export const webRoutes = (app: FastifyInstance, files: WebFiles): void => {
  for (const [path, file] of files) {
    app.get(`/${path}`, (request, reply) => send(file, cachingOf(path), { request, reply }))
    if (path === 'index.html')
      app.get('/', (request, reply) => send(file, cachingOf(path), { request, reply }))
  }
}

/** Names below assets/ hold a hash of what they name. */
const cachingOf = (path: string): string =>
  path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'

type Asked = { readonly request: FastifyRequest; readonly reply: FastifyReply }

const send = (
  { type, brotli, gzip, tag }: WebFile,
  caching: string,
  { request, reply }: Asked,
): FastifyReply => {
  reply.headers({
    ...WEB_HEADERS,
    'content-type': type,
    'cache-control': caching,
    vary: 'accept-encoding',
    etag: tag,
  })
  if (request.headers['if-none-match'] === tag) return reply.code(304).send()
  const accepted = String(request.headers['accept-encoding'] ?? '')
  if (/\bbr\b/.test(accepted)) return reply.header('content-encoding', 'br').send(brotli)
  if (/\bgzip\b/.test(accepted)) return reply.header('content-encoding', 'gzip').send(gzip)
  return reply.send(brotliDecompressSync(brotli))
}
