/**
 * Being stuck, and getting out (protocol.md 4.5 rule 2, section 6). A stuck device asks once, reads every branch it is offered, writes nothing
 * but HELLO there, and settles on the first branch in which enough of the others have arrived. Whoever garbled the commit, and the
 * device itself, do not count: a private branch of the culprit's never settles while anybody else is honest.
 */
import { toHex } from '../../../shared/base/text.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import { signResync } from '../governance/act.ts'
import { signatureKeyPair } from '../mls/group.ts'
import type { Book } from './book.ts'
import { followBranch, hasSettled, openBranch } from './branches.ts'
import { greet } from './hello.ts'
import type { Line } from './reading.ts'
import { state } from './sending.ts'
import type { Candidate, Epoch, Stuck } from './state.ts'

/** One round: ask if that has not been done, then look at every branch on offer. */
export const getUnstuck = async (line: Line): Promise<void> => {
  const { stuck } = line.book.own()
  if (!stuck) return
  if (!stuck.asked) await ask(line, stuck)
  for (const key of line.book.candidates.keys()) {
    const candidate = line.book.candidates.get(key)
    if (candidate && (await tryBranch(line, stuck, key, candidate))) return
  }
}

/** RESYNC: signed by the leaf that is stuck, in the log of the epoch that it can still read. */
const ask = async (line: Line, stuck: Stuck): Promise<void> => {
  const epoch = line.book.epoch(stuck.epoch)
  if (!epoch?.group) return
  const request = signResync(signatureKeyPair(epoch.group).secretKey, {
    anchor: epoch.info.anchor,
    epoch: stuck.epoch,
    commit: stuck.commit,
    device: line.book.own().device,
    keyPackage: toHex(sha256(stuck.keyPackage)),
  })
  const said = await state(line, stuck.epoch, { type: 'resync', request, keyPackage: stuck.keyPackage })
  if (said.ok) line.book.setOwn({ stuck: { ...stuck, asked: true } })
  await line.book.save()
}

const tryBranch = async (line: Line, stuck: Stuck, key: string, candidate: Candidate): Promise<boolean> => {
  const { book } = line
  const held = book.epoch(stuck.epoch)
  const branch = await openBranch(line, stuck, candidate)
  if (!held || !branch) {
    book.candidates.drop(key)
    await book.save()
    return false
  }
  const shadow = await followBranch(line, branch, stuck)
  if (!shadow) return false
  const isSettled = await hasSettled(line, { held, stuck, epochs: shadow.book.epochs() })
  if (isSettled) settle(line, branch, stuck)
  else await greetOnce(shadow, book, key, candidate)
  await book.save()
  return isSettled
}

/** HELLO in the branch's newest epoch, once for each. */
const greetOnce = async (shadow: Line, book: Book, key: string, candidate: Candidate): Promise<void> => {
  const { number } = shadow.book.newest().info
  if (candidate.greeted === number) return
  await greet(shadow)
  if (shadow.book.newest().notes.hello === 'said') book.candidates.put(key, { ...candidate, greeted: number })
}

/** Ours from here on, under the new device id; its first commit will clear the mark (V7). */
const settle = (line: Line, branch: Epoch, stuck: Stuck): void => {
  const { book } = line
  book.setEpoch(branch)
  for (const key of book.candidates.keys()) book.candidates.drop(key)
  book.setOwn({
    device: stuck.device,
    status: 'member',
    stuck: undefined,
    since: line.clock(),
    owesTidy: true,
    counter: 0,
  })
}
