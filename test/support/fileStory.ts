/** Two people and a file, over a relay in memory. Not here: what goes wrong. */
import type { FileContent } from '../../client/core/committee/fileContent.ts'
import { PART_BYTES } from '../../client/core/committee/fileWords.ts'
import { logOf } from '../../client/core/files/announced.ts'
import type { FileDraft } from '../../client/core/session/files.ts'
import { gather } from './committeeStory.ts'
import { sourceOf, type TestSink, testBytes } from './fileEnds.ts'
import { createMemoryRelay, type MemoryRelay } from './memoryRelay.ts'
import { foundBy, joinBy, must, type Person } from './people.ts'

/** Three parts, the last one small: pages of two. */
export const BYTES = testBytes(2 * PART_BYTES + 900)
export const DRAFT: FileDraft = { kind: 'file', name: 'minutes.pdf', media: 'application/pdf', life: 7 }

type Pair = { readonly relay: MemoryRelay; readonly alice: Person; readonly bob: Person }

export const pair = async (): Promise<Pair> => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay)
  const bob = await joinBy('bob', alice, relay)
  await gather([alice, bob])
  return { relay, alice, bob }
}

export const prepare = async (person: Person, bytes = BYTES, draft = DRAFT): Promise<string> =>
  must(await person.session.files.prepare(draft, sourceOf(bytes)))

export const sendNow = async (person: Person, bytes = BYTES, draft = DRAFT): Promise<string> => {
  const id = await prepare(person, bytes, draft)
  must(await person.session.files.send(id, sourceOf(bytes)))
  return id
}

export const sent = async (
  bytes = BYTES,
): Promise<Pair & { readonly id: string; readonly content: FileContent }> => {
  const two = await pair()
  const id = await sendNow(two.alice, bytes)
  await gather([two.bob, two.alice])
  return { ...two, id, content: contentIn(two.bob, id) }
}

export const contentIn = (person: Person, id: string): FileContent => {
  const view = person.session.files.list().find((one) => one.id === id)
  if (!view) throw new Error('no such file')
  return view.content
}

export const fileLogIn = (relay: MemoryRelay, content: FileContent) => relay.log(logOf(content).id)
export const resultOf = (result: { ok: true } | { ok: false; error: unknown }) =>
  result.ok ? 'ok' : result.error
export const isWhole = (sink: TestSink, bytes = BYTES): boolean =>
  sink.isFinished() && Buffer.compare(sink.bytes(), bytes) === 0

/** As a person would, after an interruption: again, until it is through. */
export const untilThrough = async <T>(
  go: () => Promise<{ ok: true; value: T } | { ok: false; error: unknown }>,
) => {
  for (let tries = 0; tries < 50; tries++) {
    const result = await go()
    if (result.ok) return result.value
    if (result.error !== 'offline') throw new Error(`refused: ${String(result.error)}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('does not come through')
}
