/** Looking at a server as a stranger would: does it hand out the web client that was released? */
import { ok } from '../../../shared/base/result.ts'
import { cryptoReady } from '../../../shared/crypto/sodium.ts'
import { inFours } from '../../../shared/release/release.ts'
import { toOneLine } from '../../core/committee/plainText.ts'
import { type Command, type Context, type Outcome, refused, textOf } from '../command.ts'
import { inspect, type Served } from '../served.ts'

const FAULTS = {
  unreachable: 'That server cannot be reached: check the address and the connection.',
  no_client: 'There is no web client of Tocsin at that address.',
} as const

const isWeb = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)

const signedLine = ({ isSigned, signatures, signers }: Served): string => {
  if (signers.threshold === 0) return 'by nobody: compare the id with a second source'
  const count = `${signatures} of ${signers.keys.length}, and it takes ${signers.threshold}`
  return isSigned ? count : `${count}: NOT ENOUGH, or not by those whom this program knows`
}

const linesOf = (served: Served): readonly string[] => [
  `Release: ${toOneLine(served.name)}`,
  `Id:      ${inFours(served.id)}`,
  `Signed:  ${signedLine(served)}`,
  served.wrong.length === 0
    ? `Served:  ${served.files} files, the loader and the headers, all as released`
    : `Served:  NOT as released: ${served.wrong.map(toOneLine).join(', ')}`,
]

const judge = (
  served: Served,
  expected: string | undefined,
): readonly [reason: string, sentence: string] | undefined => {
  if (served.wrong.length > 0)
    return ['not_as_released', 'Do not use it. Tell the others, and whoever runs that server.']
  if (!served.isSigned) return ['not_signed', 'Do not use it before you know who made it.']
  if (expected !== undefined && expected !== served.id)
    return ['other_release', 'That is another release than the one you asked for.']
  return undefined
}

const run = async (context: Context, address: string, expected: string | undefined): Promise<Outcome> => {
  await cryptoReady
  context.terminal.busy('Fetching what that server hands out')
  const found = await inspect(new URL(address))
  context.terminal.progress(undefined)
  if (!found.ok) return refused(found.error, FAULTS[found.error], found.error === 'unreachable' ? 3 : 1)
  const problem = judge(found.value, expected)
  if (!problem) return ok({ text: linesOf(found.value), json: found.value })
  context.show(linesOf(found.value), found.value)
  return refused(...problem)
}

export const verify: Command = {
  usage: 'URL [OPTIONS]',
  about: [
    'Fetches the web client from a server as a stranger would, compares every file and header with the release that',
    'the server names, and shows the id of that release. Needs no locked folder. What it cannot see: a server that',
    'hands something else to one person only. Therefore members compare ids in the committee.',
  ],
  options: {
    release: { type: 'string', value: 'ID', help: 'the id that it has to be' },
  },
  takes: 1,
  examples: ['verify https://relay.example.org/'],
  run: async (context, input) => {
    const [address] = input.positionals
    if (address === undefined || !isWeb(address))
      return refused('usage', 'Say which address: `npx tocsin verify https://...`.', 2)
    return run(context, address, textOf(input, 'release')?.replaceAll(' ', '').toLowerCase())
  },
}
