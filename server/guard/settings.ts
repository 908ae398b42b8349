/** The settings of the relay's place in its network and on its machine. Not here: how the environment is read (server/config.ts). */
import * as v from 'valibot'
import { parseAddressSet } from './addresses.ts'
import { type EdgeSettings, NO_EDGE } from './guard.ts'
import { hostName } from './headers.ts'

const items = (text: string): readonly string[] => text.split(',').map((item) => item.trim())

const listOf = (isItem: (item: string) => boolean, sentence: string) =>
  v.optional(
    v.pipe(
      v.string(),
      v.check((text) => text.length <= 4000 && items(text).every(isItem), sentence),
      v.transform(items),
    ),
  )

const isHost = (item: string): boolean => item === item.toLowerCase() && hostName(item) === item

const isOrigin = (item: string): boolean => /^[a-z][a-z0-9+.-]{0,30}:\/\/[a-z0-9._:[\]-]{1,253}$/.test(item)

export const guardSettings = {
  TOCSIN_TRUSTED_PROXY: v.optional(
    v.pipe(
      v.string(),
      v.check(
        (text) => parseAddressSet(text) !== undefined,
        'TOCSIN_TRUSTED_PROXY must be loopback, private, or addresses and networks with commas between them, such as 10.0.0.0/8.',
      ),
    ),
  ),
  TOCSIN_HOSTS: listOf(
    isHost,
    'TOCSIN_HOSTS must be host names in small letters with commas between them, such as relay.example.org.',
  ),
  TOCSIN_ORIGINS: listOf(
    isOrigin,
    'TOCSIN_ORIGINS must be origins with commas between them, such as https://app.example.org or tauri://localhost.',
  ),
  TOCSIN_DISK: v.optional(
    v.pipe(v.string(), v.regex(/^[^\0\n\r]{1,1000}$/, 'TOCSIN_DISK must be the name of a folder.')),
  ),
}

type Parsed = v.InferOutput<v.ObjectSchema<typeof guardSettings, undefined>>

/** A relay is always known by the name in its public address. */
export const edgeOf = (env: Parsed, publicUrl: string | undefined): EdgeSettings => ({
  hosts: [
    ...(env.TOCSIN_HOSTS ?? []),
    ...(publicUrl === undefined ? [] : [hostName(new URL(publicUrl).host) ?? '']),
  ],
  origins: env.TOCSIN_ORIGINS,
  isTrustedProxy: parseAddressSet(env.TOCSIN_TRUSTED_PROXY ?? '') ?? NO_EDGE.isTrustedProxy,
})
