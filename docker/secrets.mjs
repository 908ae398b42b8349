// Makes the database password, once: `node docker/secrets.mjs FOLDER`. It never changes one that is there. A link puts the
// whole file in place or nothing, also when two start at once. Readable for its owner and its group, which Postgres is given.
import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.argv[2] ?? '/srv/secrets'
const file = join(folder, 'database-password')
const growing = `${file}.${process.pid}`

const handle = openSync(growing, 'wx', 0o440)
writeSync(handle, `${randomBytes(32).toString('base64url')}\n`)
fsyncSync(handle)
closeSync(handle)
try {
  linkSync(growing, file)
} catch (error) {
  if (error.code !== 'EEXIST') throw error
} finally {
  unlinkSync(growing)
}
