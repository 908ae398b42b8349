/**
 * What a browser sees: what this is, what it knows, and whether it works. No script, no cookie, nothing loaded from
 * elsewhere. Not here: what the pages say about data (server/transparency), and the web client (web.ts).
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Page } from '../transparency/document.ts'
import { asHtml, CONTENT_POLICY } from '../transparency/html.ts'
import { OPERATORS_PAGE } from '../transparency/page.ts'
import { WHAT_IT_STORES } from '../transparency/summary.ts'

const ABOUT: Page = {
  title: 'A Tocsin relay',
  lead: [
    'It keeps sealed logs in order for committees and cannot read them.',
    WHAT_IT_STORES.join(' '),
    'Every column, how long it stays and what can be handed over: [what this relay knows](/operator).',
    'Clients connect at `/v1`. There is nothing else here.',
  ],
  sections: [],
}

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': CONTENT_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'interest-cohort=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache',
}

/** `leaving`: the relay is ending. `away`: the database does not answer. */
export type Readiness = 'ready' | 'leaving' | 'away'

/** What is at `/` where there is no web client. */
export const aboutRoute = (app: FastifyInstance): void => page(app, '/', asHtml(ABOUT))

export const pageRoutes = (app: FastifyInstance, readiness: () => Promise<Readiness>): void => {
  page(app, '/operator', asHtml(OPERATORS_PAGE))
  app.get('/livez', (_request, reply) => plain(reply, 'ok\n'))
  app.get('/readyz', async (_request, reply) => {
    const found = await readiness()
    return plain(found === 'ready' ? reply : reply.code(503), READINESS[found])
  })
}

const page = (app: FastifyInstance, path: string, html: string): void => {
  app.get(path, (_request, reply) => reply.headers(HEADERS).send(html))
}

const READINESS: Readonly<Record<Readiness, string>> = {
  ready: 'ok\n',
  leaving: 'the relay is ending\n',
  away: 'the database does not answer\n',
}

const plain = (reply: FastifyReply, text: string): FastifyReply =>
  reply.header('cache-control', 'no-store').type('text/plain').send(text)
