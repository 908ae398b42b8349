/** The city at the command line: a committee that joins an assembly, and what is refused before. The whole story of three committees: test/scenarios/city.test.ts. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { printRelayAddress } from '../../../shared/protocol/relayAddress.ts'
import { newFolder, newPerson, type Person } from '../../support/cli.ts'
import { startRelay } from '../../support/relay.ts'

const { root, remove } = newFolder()
const relay = await startRelay()
t.teardown(async () => {
  await relay.close()
  remove()
})
const file = join(root, 'relay.txt')
writeFileSync(file, `${printRelayAddress({ url: relay.url, key: relay.key, admission: relay.admission })}\n`)

const alice = newPerson('alice', root)

const says = async (person: Person, ...args: readonly string[]): Promise<string> => {
  const { code, out, err } = await person.run(args)
  t.equal(code, 0, `${args.join(' ')}: ${err}`)
  return out
}

const refuses = async (person: Person, ...args: readonly string[]): Promise<string> => {
  const { code, err, out } = await person.run(args)
  t.ok(code === 1 || code === 2, `${args.join(' ')}: ${out}`)
  return err
}

t.test('3.G a committee is alone, begins an assembly, and decides to join it', async (t) => {
  await alice.run(['init'])
  await says(alice, 'found', '--name', 'Depot', '--handle', 'alice', '--agreed', '--relay-file', file)
  t.match(await says(alice, 'city'), /We are alone so far/)
  t.match(await refuses(alice, 'city', 'alert', 'Help'), /in no city yet/)
  t.match(await refuses(alice, 'city', 'join', 'Swift'), /in no assembly/)
  t.match(await refuses(alice, 'city', 'ask', 'Anything?'), /Only a delegate/)
  t.match(
    await says(alice, 'city', 'found', 'Swift', '--name', 'City', '--relay-file', file),
    /"City" begins/,
  )
  t.match(await says(alice, 'city'), /This device is in "City": with `npx tocsin city join`/)
  t.match(
    await says(alice, 'city', 'join', 'Swift', '--sector', 'transport', '--area', 'south'),
    /The others are asked/,
  )
  for (const args of [['decide', '--committee', 'Depot']])
    t.match(await says(alice, ...args), /We join the city/)
  t.match(await says(alice, 'city'), /We are deciding about it: `npx tocsin motion show [0-9a-f]{4}`/)
  t.match(
    await refuses(alice, 'city', 'new-week', '--committee', 'Depot'),
    /Only a delegate|not in the assembly/,
  )
  t.match((await alice.json('city')).value, { code: null, assembly: null })
  t.match(
    await refuses(alice, 'city', 'alert', 'Two of us need help'),
    /Nobody outside should read how many people: "Two of us"/,
  )
})
