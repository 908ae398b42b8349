/** One question to a bell from a browser: nothing of this site goes along, and nothing that it answers is kept. Where a page may ask is its own headers' (shared/release/headers.ts). */
import type { World } from '../../core/session/world.ts'

/** Milliseconds. */
const PATIENCE_MS = 15_000

export const postBrowser: NonNullable<World['post']> = async (url, body) => {
  const asked: RequestInit = {
    method: 'POST',
    body: new Uint8Array(body),
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
    referrerPolicy: 'no-referrer',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }
  try {
    const answer = await fetch(url, asked)
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : undefined
  } catch {
    return undefined
  }
}
