/**
 * A relay's keys and secrets as a file; or, for a machine that is given up, everything. Never a copy of logs beside the
 * original: two relays of one key that go on from the same logs sign two heads for one seq, which convicts them (SPEC H2).
 */
import { ok } from '../../shared/base/result.ts'
import { openClaim } from '../store/claim.ts'
import { copyOut, newestMigration } from '../store/copying.ts'
import { markMoved, type RelayRow } from '../store/keys.ts'
import { openSink, type Sink, stdoutSink } from './backup/file.ts'
import { createBackupWriter, MAX_ROWS_BYTES } from './backup/format.ts'
import { type Found, failed, withRelay } from './database.ts'
import type { Context, Exit, Operation } from './operation.ts'
import { sizeText } from './stats.ts'

export const backup: Operation = {
  usage: 'FILE [--move]',
  about: [
    "Writes the relay's keys and admission secrets to a new file that only you can read; - is standard output. Whoever has the",
    'file can pass for this relay: keep it locked up, on another machine. Take it once, and again after rotate-admission.',
    'It holds no logs: an old copy of those would make the relay contradict what it has signed, and members would leave it.',
    '',
    '--move takes the logs too. The relay has to be stopped; afterwards this database refuses to be served, and the file is',
    'the only original: bring it to the new machine, `npx tocsin-relay restore` it there, and remove both it and this.',
  ],
  options: { move: { type: 'boolean', help: 'take everything, and never serve it here again' } },
  takes: 1,
  example: 'npx tocsin-relay backup /mnt/usb/relay.backup',
  run: (context, { words: [path = ''], given }) => {
    if (given.has('move') && path === '-') {
      context.complain('A move needs a file on disk: name one.')
      return Promise.resolve(2)
    }
    return withRelay(context, (found) =>
      given.has('move') ? move(context, path, found) : backUp(context, path, found.row),
    )
  },
}

const backUp = async (context: Context, path: string, row: RelayRow): Promise<Exit> => {
  const sink = path === '-' ? ok(stdoutSink) : openSink(path)
  if (!sink.ok) return failed(context, sink.error)
  const writer = createBackupWriter()
  sink.value.write(writer.put({ type: 'keys', ...row }))
  sink.value.write(writer.end())
  sink.value.flush()
  sink.value.finish()
  context.complain(`Keys and admission secrets are saved. ${KEEP}`)
  return 0
}

const KEEP = 'Keep the file locked up: whoever has it can pass for this relay.'

const move = async (context: Context, path: string, found: Found): Promise<Exit> => {
  const claim = await openClaim(found.address, 'alone')
  if (claim === 'taken') return failed(context, RUNNING)
  try {
    const sink = openSink(path)
    if (!sink.ok) return failed(context, sink.error)
    const bytes = await writeAll(sink.value, found)
    sink.value.flush()
    // in this order: at no time are there two that may be served, and at every time there is one whole copy
    await markMoved(found.db)
    sink.value.finish()
    context.say(`Everything is in ${path} (${sizeText(bytes)}), and is not served here any more. ${KEEP}`)
    return 0
  } finally {
    await claim.end()
  }
}

const RUNNING = 'A relay is running on this database: stop it, and every other one, and try again.'

/** Returns how many bytes that were. */
const writeAll = async (sink: Sink, { sql, row }: Found): Promise<number> => {
  const writer = createBackupWriter()
  let bytes = 0
  const write = (part: Uint8Array): void => {
    bytes += part.length
    sink.write(part)
  }
  write(writer.put({ type: 'keys', ...row }))
  const migration = await newestMigration(sql)
  write(writer.put({ type: 'move', settledDay: row.settledDay, migration }))
  await copyOut(sql, {
    table: (name) => write(writer.put({ type: 'table', name })),
    rows: async (rows) => {
      for (let at = 0; at < rows.length; at += MAX_ROWS_BYTES)
        write(writer.put({ type: 'rows', rows: rows.subarray(at, at + MAX_ROWS_BYTES) }))
    },
  })
  write(writer.end())
  return bytes
}
