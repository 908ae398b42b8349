/**
 * Making a commit: planned from the epoch as it is, judged by our own rules before anything leaves, saved, appended, and adopted only
 * when it is read back as effective (I7). Lost races are planned again, as long as there is still something to do.
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { toHex } from '../../../shared/base/text.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import { sealEnvelope } from '../epochlog/envelope.ts'
import { type Act, encodeAct } from '../governance/act.ts'
import { arrivedSeats } from '../governance/fold.ts'
import { type Proposal, planProposals, wantsPath } from '../governance/plan.ts'
import { judge } from '../governance/validity.ts'
import type { Violation } from '../governance/verdict.ts'
import { stageCommit } from '../mls/commit.ts'
import { ownLeafOf } from '../mls/group.ts'
import { encodeGroup } from '../mls/state.ts'
import type { Proposal as MlsProposal, StagedCommit } from '../mls/types.ts'
import type { Line } from './reading.ts'
import { seenOf } from './seen.ts'
import { type AppendFailure, appendTo } from './sending.ts'
import type { Target } from './standing.ts'
import { type Epoch, forumOf, rosterOf } from './state.ts'
import { tell } from './telling.ts'

/** What to commit: an act with the key package it adds, or nothing for a TIDY. */
export type Intent = { readonly act: Act | undefined; readonly keyPackage?: Uint8Array | undefined }

/** A violation: the committee's rules do not allow it (now). `unlucky`: others were faster too often. */
export type CommitFailure = AppendFailure | Violation | 'unlucky'

/** First tries that give way to whoever wrote meanwhile; then the commit goes whatever happened (4.2). */
const POLITE_COMMITS = 3
const MAX_RACES = 8

/** `ok` once a commit of ours with this intent is effective. */
export const commit = async (line: Line, intent: Intent): Promise<Result<undefined, CommitFailure>> => {
  for (let race = 0; race < MAX_RACES; race++) {
    const outcome = await commitOnce(line, intent)
    if (outcome.ok || outcome.error !== 'overtaken') return outcome
  }
  return err('unlucky')
}

const commitOnce = async (line: Line, intent: Intent): Promise<Result<undefined, CommitFailure>> => {
  const epoch = line.book.newest()
  const planned = await plan(line, epoch, intent)
  if (!planned.ok) return planned
  const { message, summary } = await stageIn(line, epoch, intent, planned.value)
  const commit = toHex(summary.hash)
  tell(line, { type: 'posting', epoch: epoch.info.number, commit })
  await line.book.save()
  const appended = await append(line, epoch, message)
  if (!appended.ok) return appended
  const won = line.book.epoch(epoch.info.number)?.fold.current?.commit === commit
  return won ? ok(undefined) : err('overtaken')
}

const append = (line: Line, { info, logs }: Epoch, message: Uint8Array) =>
  appendTo(line, {
    epoch: info.number,
    politeTries: POLITE_COMMITS,
    sealIn: async (log) => {
      const at = logs[log]
      if (!at) throw new Error('no such log')
      return sealEnvelope(at, { kind: 1, body: message })
    },
  })

/** WAIT: a commit that may not have arrived goes again as the same bytes, until it is read back (section 6). */
export const appendAgain = async (line: Line, { epoch: number, commit }: Target): Promise<void> => {
  const { book } = line
  const stage = book.staged.get(commit)
  const epoch = book.epoch(number)
  const appended = stage && epoch ? await append(line, epoch, stage.message) : err('overtaken' as const)
  const isOver = !appended.ok && (appended.error === 'overtaken' || appended.error === 'full')
  if (isOver) tell(line, { type: 'readBack', epoch: number, commit })
  await book.save()
}

/** The exact proposals, if our own judge would let them pass: what others would ignore is not worth a commit. */
const plan = async (
  line: Line,
  epoch: Epoch,
  { act, keyPackage }: Intent,
): Promise<Result<readonly Proposal[], Violation>> => {
  const proposals = act ? planProposals(rosterOf(epoch), act, keyPackage) : []
  if (!proposals || !epoch.group) return err('bad_target')
  const seen = await seenOf(line, {
    hash: new Uint8Array(32),
    author: ownLeafOf(epoch.group),
    proposals: proposals as readonly MlsProposal[],
    hasPath: wantsPath(proposals),
  })
  const court = {
    ...forumOf(epoch),
    opener: epoch.info.opener,
    hellos: arrivedSeats(epoch.fold, rosterOf(epoch)),
    barred: new Set(epoch.fold.barred),
  }
  const verdict = judge(court, seen)
  return verdict.ok ? ok(proposals) : verdict
}

const stageIn = async (
  line: Line,
  epoch: Epoch,
  { act, keyPackage }: Intent,
  proposals: readonly Proposal[],
): Promise<StagedCommit> => {
  if (!epoch.group) throw new Error('the newest epoch has a group')
  const stage = await stageCommit(epoch.group, proposals as readonly MlsProposal[])
  const { book } = line
  const hash = toHex(stage.summary.hash)
  book.staged.put(hash, {
    epoch: epoch.info.number,
    hash,
    message: stage.message,
    next: encodeGroup(stage.next),
    welcome: stage.welcome,
    act: act && encodeAct(act),
    keyPackage,
    hasPath: stage.summary.hasPath,
  })
  const mine = [...epoch.notes.mine, sha256(stage.message)]
  book.setEpoch({ ...epoch, group: stage.after, notes: { ...epoch.notes, mine } })
  return stage
}
