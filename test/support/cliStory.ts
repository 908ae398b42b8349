/** The beginning of a story at the command line: a relay of its own, people with folders of their own, and how one lets the other in. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { newFolder, newPerson, type Person, type Running } from './cli.ts'
import { startRelay, type TestRelay, type TestRelayOptions } from './relay.ts'

type Says = (person: Person, ...args: readonly string[]) => Promise<string>

export type CliStory = {
  readonly relay: TestRelay
  readonly root: string
  /** That `found` takes. */
  readonly relayFile: string
  readonly newPerson: (name: string) => Person
  /** What a command that works says. */
  readonly says: Says
  /** The one line of a command that does not. */
  readonly refuses: Says
}

export const startCliStory = async (t: Test, options: TestRelayOptions = {}): Promise<CliStory> => {
  const { root, remove } = newFolder()
  const relay = await startRelay(options)
  t.teardown(async () => {
    await relay.close()
    remove()
  })
  const relayFile = join(root, 'relay.txt')
  writeFileSync(relayFile, `${relay.address}\n`)
  return {
    relay,
    root,
    relayFile,
    newPerson: (name) => newPerson(name, root),
    says: async (person, ...args) => {
      const { code, out, err } = await person.run(args)
      t.equal(code, 0, `${args.join(' ')}: ${err}`)
      return out
    },
    refuses: async (person, ...args) => {
      const { code, err, out } = await person.run(args)
      t.ok(code === 1 || code === 2, `${args.join(' ')}: ${out}`)
      const said = withoutProgress(err)
      t.equal(said.length, 1, err)
      return said.join('\n')
    },
  }
}

/** What takes more than a second says so, wherever the machine is slow. */
const withoutProgress = (err: string): readonly string[] =>
  err
    .trim()
    .split('\n')
    .filter((line) => !line.endsWith(' …'))

/** Both sit together: the link is typed in, the words are the same. */
export const letInByVoice = async (
  newcomer: Person,
  sponsor: Person,
  handle: string,
  ...invite: readonly string[]
): Promise<void> => {
  const inviting = sponsor.begin('invite', ...invite)
  const joining = newcomer.begin('join')
  joining.type((await inviting.until(/tocsin:[A-Za-z0-9_-]+/))[0])
  joining.type(handle)
  await joining.until(/by voice:/)
  joining.type('yes')
  await inviting.until(/by voice:/)
  inviting.type('yes')
  await Promise.all([inviting.ended, joining.ended])
}

const wordsIn = (running: Running) => running.until(/by voice:\s+([a-z]+ +[a-z]+ +[a-z]+)\s/)

type Coming = {
  readonly invite: readonly [string, ...string[]]
  readonly approvers: readonly Person[]
  readonly handle?: string
  /** So that it can be stopped by a signal. */
  readonly asProcess?: true
}

/** The invite as a file, the same words on both screens, and the others' yes; how both ended. */
export const letIn = async (
  newcomer: Person,
  sponsor: Person,
  { invite, approvers, handle, asProcess }: Coming,
) => {
  await newcomer.run(['init'])
  const { value } = await sponsor.json(...invite, '--no-wait')
  const file = join(sponsor.folder, `${handle ?? invite.join('-')}.txt`)
  writeFileSync(file, (value as { readonly link: string }).link)
  const begin = asProcess ? newcomer.start : newcomer.begin
  const joining = begin('join', '--file', file, ...(handle ? ['--handle', handle] : []))
  const vouching = sponsor.begin('approve', '1')
  const [theirs, ours] = await Promise.all([wordsIn(joining), wordsIn(vouching)])
  if (theirs[1] !== ours[1]) throw new Error('words differ')
  joining.type('yes')
  vouching.type('yes')
  const vouched = await vouching.ended
  for (const one of approvers) await one.run(['approve'], '1')
  return { joining, vouched }
}

export const joined = async ({ joining }: { readonly joining: Running }) => {
  const ended = await joining.ended
  if (ended.code !== 0) throw new Error(ended.err)
  return ended
}
