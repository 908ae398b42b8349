import t from 'tap'
import { type ClientState, createGroup, joinGroup } from 'ts-mls/clientState.js'
import { createCommit } from 'ts-mls/createCommit.js'
import { createApplicationMessage } from 'ts-mls/createMessage.js'
import { type CiphersuiteImpl, getCiphersuiteFromName } from 'ts-mls/crypto/ciphersuite.js'
import { defaultCryptoProvider } from 'ts-mls/crypto/implementation/default/provider.js'
import { generateKeyPackage } from 'ts-mls/keyPackage.js'
import type { MLSMessage } from 'ts-mls/message.js'
import { DependencyError } from 'ts-mls/mlsError.js'
import { processPrivateMessage } from 'ts-mls/processMessages.js'
import type { Proposal } from 'ts-mls/proposal.js'
import { emptyPskIndex } from 'ts-mls/pskIndex.js'
import { capabilitiesOf, clientConfig, LIFETIME } from '../../../../client/core/mls/config.ts'
import { type Suite, suiteNamed } from '../../../../client/core/mls/suite.ts'
import { utf8 } from '../../../../shared/base/bytes.ts'
import { cryptoReady, randomBytes } from '../../../../shared/crypto/sodium.ts'
import { SUITES } from '../../../support/mlsGroup.ts'

await cryptoReady

/** The library's provider; undefined when the packages it loads for this suite are not installed. */
const libraryProvider = async (suite: Suite): Promise<CiphersuiteImpl | undefined> => {
  try {
    return await defaultCryptoProvider.getCiphersuiteImpl(getCiphersuiteFromName(suite.cs.name))
  } catch (error) {
    if (error instanceof DependencyError) return undefined
    throw error
  }
}

const device = (suite: Suite, cs: CiphersuiteImpl) => {
  const credential = { credentialType: 'basic' as const, identity: randomBytes(32) }
  return generateKeyPackage(credential, capabilitiesOf(suite, [1]), LIFETIME, [], cs)
}

const follow = async (state: ClientState, message: MLSMessage, cs: CiphersuiteImpl): Promise<ClientState> => {
  if (message.wireformat !== 'mls_private_message') throw new Error('not private')
  return (await processPrivateMessage(state, message.privateMessage, emptyPskIndex, cs)).newState
}

/** One side founds, adds, renews; the other joins, follows, answers and renews. */
const talk = async (suite: Suite, one: CiphersuiteImpl, other: CiphersuiteImpl): Promise<ClientState[]> => {
  const [founder, joiner] = [await device(suite, one), await device(suite, other)]
  const anchor = randomBytes(32)
  let a = await createGroup(anchor, founder.publicPackage, founder.privatePackage, [], one, clientConfig)
  const proposal: Proposal = { proposalType: 'add', add: { keyPackage: joiner.publicPackage } }
  const options = { extraProposals: [proposal], ratchetTreeExtension: true }
  const added = await createCommit({ state: a, cipherSuite: one }, options)
  a = added.newState
  if (added.welcome === undefined) throw new Error('no welcome')
  const { publicPackage, privatePackage } = joiner
  let b = await joinGroup(
    added.welcome,
    publicPackage,
    privatePackage,
    emptyPskIndex,
    other,
    undefined,
    undefined,
    clientConfig,
  )
  const first = await createCommit({ state: a, cipherSuite: one })
  b = await follow(b, first.commit, other)
  const second = await createCommit({ state: b, cipherSuite: other })
  a = await follow(first.newState, second.commit, one)
  const { newState, privateMessage } = await createApplicationMessage(second.newState, utf8('hello'), other)
  const read = await processPrivateMessage(a, privateMessage, emptyPskIndex, one)
  if (read.kind !== 'applicationMessage' || read.message.length !== 5) throw new Error('not read')
  return [read.newState, newState]
}

for (const name of SUITES) {
  t.test(`${name}: our suite and the library's own provider make one group, either way round`, async (t) => {
    const suite = suiteNamed(name)
    const library = await libraryProvider(suite)
    if (library === undefined) {
      t.pass('needs @hpke/chacha20poly1305, and @hpke/hybridkem-x-wing for X-Wing', { skip: true })
      return
    }
    for (const [one, other] of [
      [suite.cs, library],
      [library, suite.cs],
    ] as const) {
      const [a, b] = await talk(suite, one, other)
      t.strictSame(a?.keySchedule.epochAuthenticator, b?.keySchedule.epochAuthenticator)
      t.equal(a?.groupContext.epoch, 3n)
    }
  })
}
