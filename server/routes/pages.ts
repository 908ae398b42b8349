/** What a browser sees: what this is, and whether it works. */
import type { FastifyInstance } from 'fastify'

export const WHAT_IT_STORES = [
  'It stores: sealed entries of five fixed sizes, each with its place in its log and the day on which it ends; of every log',
  'the hashes of its keys, its length, its size and the day of its last entry; and the keys of the relay itself.',
  'It does not store: who connects or from where, times of day, what reads what, names, or any key that opens an entry.',
] as const

const ABOUT = [
  'This is a Tocsin relay. It keeps sealed logs in order for committees and cannot read them.',
  '',
  ...WHAT_IT_STORES,
  '',
  'Clients connect at /v1. There is nothing else here.',
  '',
].join('\n')

/** `isReady`: one small question to the database. */
export const pageRoutes = (app: FastifyInstance, isReady: () => Promise<boolean>): void => {
  app.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(ABOUT))
  app.get('/livez', (_request, reply) => reply.type('text/plain').send('ok\n'))
  app.get('/readyz', async (_request, reply) => {
    const ready = await isReady()
    return reply
      .code(ready ? 200 : 503)
      .type('text/plain')
      .send(ready ? 'ok\n' : 'the database does not answer\n')
  })
}
