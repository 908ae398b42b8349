/** The command line without processes: help, wrong usage, refusals, the shape of answers, and what may reach a terminal. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import decodeQR from 'qr/decode.js'
import t from 'tap'
import { qrLines } from '../../../client/cli/qr.ts'
import { entries } from '../../../client/cli/registry.ts'
import { run } from '../../../client/cli/run.ts'
import { heardWords } from '../../../client/cli/show/heard.ts'
import { findId, shortIds } from '../../../client/cli/show/shortIds.ts'
import { standingLines } from '../../../client/cli/show/standing.ts'
import { suspendedWords } from '../../../client/cli/show/suspended.ts'
import { createTerminal } from '../../../client/cli/terminal.ts'
import { abortWords, fieldRefusal, suspicionWords } from '../../../client/cli/words.ts'
import { isPlainText } from '../../../client/core/committee/plainText.ts'
import type { DeviceId, SeatId } from '../../../client/core/governance/ids.ts'
import { heardAtOf } from '../../../client/core/session/silence.ts'
import type { StandingView } from '../../../client/core/session/standingView.ts'
import type { CommitteeView } from '../../../client/core/session/view.ts'
import { SEATS } from '../core/committee/arbitraries.ts'
import { HOUR, newLife } from '../core/committee/life.ts'

const root = mkdtempSync(join(tmpdir(), 'tocsin-cli-'))
t.teardown(() => rmSync(root, { recursive: true, force: true }))

type Answer = { readonly code: number; readonly out: string; readonly err: string }

const typed = (text: string) => {
  const input = new PassThrough()
  input.end(text)
  return input
}

const call = async (args: readonly string[], text = ''): Promise<Answer> => {
  const out: string[] = []
  const err: string[] = []
  const terminal = createTerminal(
    {
      input: typed(text),
      output: { write: (more) => void out.push(more) },
      errors: { write: (more) => void err.push(more) },
    },
    () => undefined,
  )
  const code = await run(args, {
    terminal,
    environment: { TOCSIN_HOME: join(root, 'nobody') },
    onLeave: () => () => undefined,
    ifInterrupted: () => undefined,
  })
  terminal.close()
  return { code, out: out.join(''), err: err.join('') }
}

/** product.md: words that do not belong on a screen. */
const AVOIDED = /\b(incidents?|workflows?|admins?|users?|escalat\w+|quorum|epochs?|keys?)\b/i

t.test('what is the matter with a device is said without a word of how it works inside', (t) => {
  const seat = '5e'.repeat(16) as SeatId
  const stuck = {
    is: 'stuck',
    by: seat,
    isBlind: false,
    hasAsked: true,
    isProvisional: false,
    voids: { said: 0, needed: 2, isMineSaid: false },
    earlier: 0,
    next: { what: 'this', inMs: 599_000 },
  } as const
  const voids = { said: 1, needed: 2, isMineSaid: true }
  const removed = {
    is: 'removed',
    by: seat,
    action: 'remove',
    isErased: false,
    eraseInMs: 7_200_000,
  } as const
  const all = new Map<StandingView, RegExp>([
    [{ is: 'reading' }, /^Still reading/],
    [{ is: 'sending' }, /on its way/],
    [stuck, /that Mo made.*after 10 more minutes online/],
    [{ ...stuck, hasAsked: false }, /as soon as the relay/],
    [{ ...stuck, isBlind: true, isProvisional: true }, /undone a change by Mo.*Somebody has answered/],
    [
      { ...stuck, voids, earlier: 2, next: { what: 'earlier', inMs: 1 } },
      /1 of the 2.*2 earlier changes.*1 more minute/,
    ],
    [{ ...stuck, next: undefined }, /meet two members/],
    [removed, /^Mo's device.*in 2 hours/],
    [{ ...removed, isErased: true }, /has been erased/],
    [{ is: 'lost', why: 'log' }, /two members/],
    [{ is: 'lost', why: 'chain' }, /two members/],
    [{ is: 'lost', why: 'erased' }, /two members/],
  ])
  for (const [standing, words] of all) {
    const said = standingLines(standing, () => 'Mo').join(' ')
    t.match(said, words)
    t.notMatch(said, AVOIDED)
  }
  t.strictSame(
    standingLines({ is: 'live' }, () => ''),
    [],
    'and nothing where nothing is',
  )
  t.end()
})

t.test(
  '4.7 when somebody was last heard is said in days of the calendar, and from a week on as silence',
  (t) => {
    const at = (day: number, hour: number): number => new Date(2026, 2, day, hour).getTime()
    const now = at(30, 9)
    const said = (heard: number | undefined): string => heardWords(heard, now)
    t.strictSame(
      [
        undefined,
        at(30, 9),
        at(30, 0),
        at(31, 8),
        at(29, 23),
        at(29, 0),
        at(28, 23),
        at(24, 0),
        at(23, 23),
        at(18, 1),
      ].map(said),
      [
        'nothing heard yet',
        'heard today',
        'heard today',
        'heard today',
        'heard yesterday',
        'heard yesterday',
        'heard 2 days ago',
        'heard 6 days ago',
        'not heard for 7 days',
        'not heard for 12 days',
      ],
    )
    const phone = (heardAt: number | undefined) => ({
      device: 'd' as DeviceId,
      isMe: false,
      missing: 0,
      heardAt,
      read: undefined,
      came: undefined,
    })
    t.equal(
      heardAtOf({ devices: [phone(2), phone(undefined), phone(7)] }),
      7,
      'a member by any of their phones',
    )
    t.equal(heardAtOf({ devices: [phone(undefined)] }), undefined)
    t.end()
  },
)

t.test('3.B a member who is suspended is told so, until when, and that their own word stays theirs', (t) => {
  const [alice = '', bob = '', carol = ''] = SEATS
  const { say, now } = newLife()
  const checked = [{ way: 'seen' as const, found: 'no' }]
  const facts = { facts: ['a fact'], guesses: [], checked, hasAsked: true }
  const concern = say(alice, { type: 'concern', about: carol, ...facts })
  const told = (seat: string, nowMs: number, motions: readonly object[] = []): string => {
    const members = SEATS.map((one, i) => ({ seat: one, handle: ['anna', 'bo', 'cem'][i] ?? `m${i}` }))
    const view = { committee: now(), own: { seat }, members, handles: new Map(), motions }
    return suspendedWords(view as unknown as CommitteeView, nowMs).join()
  }
  say(alice, { type: 'suspend', concern, lifts: false })
  t.equal(told(carol, HOUR), '', 'one word is not enough')
  say(bob, { type: 'suspend', concern, lifts: false })
  t.match(told(carol, HOUR), /^You are suspended until .*folded away.*npx tocsin statement/)
  t.equal(told(bob, HOUR), '')
  t.equal(told(carol, 74 * HOUR), '')
  const remove = { action: { type: 'remove', seat: carol }, outcome: 'open' }
  t.match(told(carol, 74 * HOUR, [remove]), /^You are suspended while the committee votes on you/)
  t.end()
})

t.test('help lists every command, and every command explains itself in plain words', async (t) => {
  const overview = await call(['help'])
  t.equal(overview.code, 0)
  t.notMatch(overview.out, AVOIDED)
  for (const { name } of entries()) {
    t.match(overview.out, new RegExp(`^  ${name} `, 'm'))
    const page = await call([...name.split(' '), '--help'])
    t.equal(page.code, 0, name)
    t.match(page.out, new RegExp(`^npx tocsin ${name}`))
    t.match(page.out, /\nOptions\n[\s\S]*--json[\s\S]*\nFor example\n/)
    t.notMatch(page.out, AVOIDED)
    t.notMatch(page.out, /[?!]\./, 'one mark ends a sentence')
    t.strictSame((await call(['help', ...name.split(' ')])).out, page.out)
  }
  t.strictSame((await call([])).out, overview.out)
})

t.test('wrong usage ends with 2 and one sentence', async (t) => {
  for (const [args, says] of [
    [['psot', 'hello'], /no command "psot". Did you mean `post`\?/],
    [['members', '--loud'], /Unknown option '--loud'.*members --help/],
    [['members', 'more'], /"more" is one word too many/],
    [['join', 'tocsin:AAAA'], /holds a secret/],
    [['found', '--relay', 'ws://localhost'], /holds a secret/],
  ] as const) {
    const answer = await call(args)
    t.equal(answer.code, 2, args.join(' '))
    t.match(answer.err, says)
    t.equal(answer.err.trim().split('\n').length, 1)
    t.equal(answer.out, '')
    const json = await call([...args, '--json'])
    t.equal(json.code, 2)
    t.match(JSON.parse(json.out), { error: String, sentence: says })
  }
})

t.test('without a vault every command says what to do first', async (t) => {
  for (const { name } of entries()) {
    if (name === 'init' || name === 'verify') continue
    const answer = await call([...name.split(' '), '--json'])
    t.equal(answer.code, 1, name)
    t.match(JSON.parse(answer.out), { error: 'no_vault', sentence: String })
  }
})

t.test('a server is looked at without a vault, by its address on the web', async (t) => {
  for (const address of [[], ['relay'], ['ftp://127.0.0.1/']]) {
    const answer = await call(['verify', ...address, '--json'])
    t.equal(answer.code, 2)
    t.match(JSON.parse(answer.out), { error: 'usage', sentence: /https/ })
  }
  const answer = await call(['verify', 'http://127.0.0.1:1/', '--json'])
  t.equal(answer.code, 3)
  t.match(JSON.parse(answer.out), { error: 'unreachable' })
})

t.test('the version and the folder can be asked for in any place', async (t) => {
  t.match((await call(['--version'])).out, /^\d+\.\d+\.\d+\n$/)
  t.match(JSON.parse((await call(['--version', '--json'])).out), { version: String })
  t.match((await call(['--home', join(root, 'other'), 'members'])).err, /other yet/)
})

t.test('whatever is said, no control character reaches a terminal', async (_t) => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      const all: string[] = []
      const output = { write: (more: string) => void all.push(more) }
      const terminal = createTerminal({ input: typed(text), output, errors: output }, () => undefined)
      terminal.say(text)
      terminal.note(text)
      await terminal.ask(text)
      terminal.close()
      return isPlainText(all.join(''))
    }),
    { numRuns: 2000 },
  )
})

t.test('a short id is found again, and is the shortest that four digits or more allow', async (t) => {
  const id = fc.string({ unit: fc.constantFrom('0', '1'), minLength: 16, maxLength: 16 })
  fc.assert(
    fc.property(fc.uniqueArray(id, { minLength: 1, maxLength: 40 }), (ids) => {
      const short = shortIds(ids)
      return ids.every((one) => {
        const found = findId(ids, short(one))
        const shorter = findId(ids, short(one).slice(0, -1))
        return found.ok && found.value === one && (short(one).length === 4 || !shorter.ok)
      })
    }),
  )
  t.same(findId(['abcd'], ''), { ok: false, error: 'none' })
})

t.test('an invite as a square fits a terminal of 80 columns', async (t) => {
  const lines = qrLines(`tocsin:${'A'.repeat(260)}`)
  t.ok(lines.every((line) => line.length <= 80 && line.length === lines[0]?.length))
  t.ok(lines.length <= 40)
  t.match(lines[0], /^█+$/, 'with a light border')
  const token = 'tocsin:AQIAAFEzs-6qeW7xylBcSfOxiucDZlF_4UkalRj6mgsZRhOPWwqiMvTw4'
  t.equal(decodeQR(pictureOf(qrLines(token))), token, 'and a camera reads it')
})

/** Pixels for one module. */
const SCALE = 4

/** What a camera sees of a dark terminal: two rows of modules in each line, light where a block is drawn. */
const pictureOf = (lines: readonly string[]) => {
  const rows = lines.flatMap((line) => [
    [...line].map((block) => '█▀'.includes(block)),
    [...line].map((block) => '█▄'.includes(block)),
  ])
  const width = SCALE * (rows[0]?.length ?? 0)
  const height = SCALE * rows.length
  const data = new Uint8ClampedArray(4 * width * height)
  for (let i = 0; i < width * height; i++) {
    const isLight = rows[Math.floor(i / width / SCALE)]?.[Math.floor((i % width) / SCALE)]
    data.fill(isLight ? 255 : 0, 4 * i, 4 * i + 3)
    data[4 * i + 3] = 255
  }
  return { width, height, data }
}

t.test('what this release has no sentence for still gets one', async (t) => {
  for (const sentence of [abortWords('new'), suspicionWords('new'), fieldRefusal('new.0').sentence])
    t.match(sentence, /\.$/)
})
