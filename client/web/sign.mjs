// Signs a build of the web client: adds a statement about it to its release.json, or one more signature to the statement that is there. Each signer runs it
// on a machine of their own, with the release.json that the one before has signed (RL2 and RL3 in shared/release).
//   node client/web/sign.mjs FOLDER [--after RELEASE.JSON] KEY.pem ...
// --after: the release.json that this one follows, if it is not the first. KEY.pem: an Ed25519 key (openssl genpkey -algorithm ed25519).
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { tsImport } from 'tsx/esm/api'
import { signersFile } from './release.mjs'

const fail = (sentence) => {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

const [folder, ...rest] = process.argv.slice(2)
const previous = rest[0] === '--after' ? rest[1] : undefined
const keys = previous === undefined ? rest : rest.slice(2)
if (folder === undefined || keys.length === 0) fail('Say which folder, and with which keys.')

const { parseSigned, parseStatement, printStatement } = await tsImport(
  '../../shared/release/release.ts',
  import.meta.url,
)
const read = (path) => parseSigned(readFileSync(path, 'utf8')) ?? fail(`${path} is not a release.`)
const idOf = ({ release }) => createHash('sha256').update(release).digest('hex')

const path = `${folder}/release.json`
const release = read(path)
const before = previous === undefined ? undefined : read(previous)
const id = idOf(release)
const signers = JSON.parse(readFileSync(signersFile(), 'utf8'))

const begun = release.statements.at(-1)
const isBegun = begun !== undefined && parseStatement(begun.text)?.id === id
const statement = isBegun
  ? begun
  : { text: printStatement({ id, after: before ? idOf(before) : '', signers }), signatures: {} }
const chain = isBegun ? release.statements.slice(0, -1) : (before?.statements ?? [])

const signatures = keys.map((file) => {
  const key = createPrivateKey(readFileSync(file))
  if (key.asymmetricKeyType !== 'ed25519') fail(`${file} is not an Ed25519 key.`)
  const name = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex')
  return [name, sign(null, Buffer.from(statement.text), key).toString('hex')]
})
const signed = { ...statement, signatures: { ...statement.signatures, ...Object.fromEntries(signatures) } }
writeFileSync(path, JSON.stringify({ release: release.release, statements: [...chain, signed] }))
process.stdout.write(
  `${id}\n${Object.keys(signed.signatures).length} of those who sign have signed it, and it takes ${signers.threshold}.\n`,
)
