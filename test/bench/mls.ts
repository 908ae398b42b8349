/** MLS operations on our suites beside the library's own provider, alternating in one run. CPU milliseconds; ratios are firmer. */

import { type ClientState, createGroup, joinGroup } from 'ts-mls/clientState.js'
import { createCommit } from 'ts-mls/createCommit.js'
import { createApplicationMessage } from 'ts-mls/createMessage.js'
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js'
import { getCiphersuiteFromName } from 'ts-mls/crypto/ciphersuite.js'
import { defaultCryptoProvider } from 'ts-mls/crypto/implementation/default/provider.js'
import { generateKeyPackage } from 'ts-mls/keyPackage.js'
import type { MLSMessage } from 'ts-mls/message.js'
import { processPrivateMessage } from 'ts-mls/processMessages.js'
import type { Proposal } from 'ts-mls/proposal.js'
import { emptyPskIndex } from 'ts-mls/pskIndex.js'
import { capabilitiesOf, clientConfig, LIFETIME } from '../../client/core/mls/config.ts'
import { type Suite, suiteNamed } from '../../client/core/mls/suite.ts'
import { cryptoReady, randomBytes } from '../../shared/crypto/sodium.ts'
import { SUITES } from '../support/mlsGroup.ts'

const SIZES = [10, 30, 100] as const
const OPERATIONS = ['add', 'update', 'process', 'join', 'seal 1 KiB', 'open 1 KiB'] as const
type Operation = (typeof OPERATIONS)[number]
type Times = Record<Operation, number[]>
/** A library provider does the same with its own suite. */
type Runner = { readonly cs: CiphersuiteImpl; readonly times: Times }

const newTimes = (): Times => Object.fromEntries(OPERATIONS.map((name) => [name, []])) as unknown as Times
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

const timed = async <T>(into: number[], work: () => Promise<T>, times = 1): Promise<T> => {
  const start = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(start)
  into.push((user + system) / 1000 / times)
  return result
}

const device = (suite: Suite, cs: CiphersuiteImpl) =>
  generateKeyPackage(
    { credentialType: 'basic', identity: randomBytes(32) },
    capabilitiesOf(suite, [1]),
    LIFETIME,
    [],
    cs,
  )

type Device = Awaited<ReturnType<typeof device>>

const addOf = ({ publicPackage }: Device): Proposal => ({
  proposalType: 'add',
  add: { keyPackage: publicPackage },
})

const commit = (state: ClientState, cipherSuite: CiphersuiteImpl, proposals: Proposal[]) =>
  createCommit({ state, cipherSuite }, { extraProposals: proposals, ratchetTreeExtension: true })

const privateIn = (message: MLSMessage) => {
  if (message.wireformat !== 'mls_private_message') throw new Error('not a private message')
  return message.privateMessage
}

/** Two members' states of one group of this size. */
const pairOfStates = async (suite: Suite, cs: CiphersuiteImpl, size: number) => {
  const devices = await Promise.all(Array.from({ length: size }, () => device(suite, cs)))
  const [founder, second] = devices as [Device, Device]
  const first = await createGroup(
    randomBytes(32),
    founder.publicPackage,
    founder.privatePackage,
    [],
    cs,
    clientConfig,
  )
  const added = await commit(first, cs, devices.slice(1).map(addOf))
  return { a: added.newState, b: await join(added, second, cs) }
}

const join = ({ welcome }: Awaited<ReturnType<typeof commit>>, keys: Device, cs: CiphersuiteImpl) => {
  if (welcome === undefined) throw new Error('no welcome')
  const { publicPackage, privatePackage } = keys
  return joinGroup(
    welcome,
    publicPackage,
    privatePackage,
    emptyPskIndex,
    cs,
    undefined,
    undefined,
    clientConfig,
  )
}

/** One round of every operation; the states move on by the update. */
const round = async (suite: Suite, { cs, times }: Runner, states: { a: ClientState; b: ClientState }) => {
  const { a, b } = states
  const joiner = await device(suite, cs)
  const added = await timed(times.add, () => commit(a, cs, [addOf(joiner)]))
  await timed(times.join, () => join(added, joiner, cs))
  const update = await timed(times.update, () => commit(a, cs, []))
  const message = privateIn(update.commit)
  const followed = await timed(times.process, () => processPrivateMessage(b, message, emptyPskIndex, cs))
  await messages(cs, times, { a: update.newState, b: followed.newState })
  return { a: update.newState, b: followed.newState }
}

const messages = async (cs: CiphersuiteImpl, times: Times, states: { a: ClientState; b: ClientState }) => {
  const count = 20
  const text = randomBytes(1024)
  const sent = await timed(
    times['seal 1 KiB'],
    async () => {
      const all: Awaited<ReturnType<typeof createApplicationMessage>>[] = []
      for (let i = 0; i < count; i++) {
        all.push(await createApplicationMessage(all.at(-1)?.newState ?? states.a, text, cs))
      }
      return all
    },
    count,
  )
  await timed(
    times['open 1 KiB'],
    async () => {
      let state = states.b
      for (const { privateMessage } of sent) {
        state = (await processPrivateMessage(state, privateMessage, emptyPskIndex, cs)).newState
      }
    },
    count,
  )
}

/** undefined when the packages its provider loads are not installed. */
const libraryProvider = async (suite: Suite): Promise<CiphersuiteImpl | undefined> => {
  try {
    return await defaultCryptoProvider.getCiphersuiteImpl(getCiphersuiteFromName(suite.cs.name))
  } catch {
    return undefined
  }
}

const compare = async (suite: Suite, size: number, print: (line: string) => void): Promise<void> => {
  const library = await libraryProvider(suite)
  const runners = [suite.cs, ...(library ? [library] : [])].map((cs): Runner => ({ cs, times: newTimes() }))
  const states = await Promise.all(runners.map(({ cs }) => pairOfStates(suite, cs, size)))
  for (let i = 0; i < (size < 100 ? 5 : 3); i++) {
    for (const [k, runner] of runners.entries()) {
      states[k] = await round(suite, runner, states[k] as { a: ClientState; b: ClientState })
    }
  }
  for (const name of OPERATIONS) {
    const [ours, theirs] = runners.map(({ times }) => median(times[name]))
    const beside =
      theirs === undefined
        ? 'library provider not installed'
        : `library ${theirs.toFixed(2)}, ratio ${(theirs / (ours ?? 1)).toFixed(1)}`
    print(`mls ${suite.name} ${size} devices, ${name}: ours ${ours?.toFixed(2)} CPU ms, ${beside}`)
  }
}

/** Prints; takes less than a minute. */
export async function mls(): Promise<void> {
  await cryptoReady
  const print = (line: string) => process.stdout.write(`${line}\n`)
  for (const name of SUITES) for (const size of SIZES) await compare(suiteNamed(name), size, print)
}
