/** Languages that people read: those that are offered as buttons, and finding any other by its name, of which the browser knows all. Not here: asking for them (Languages.svelte). */

export const COMMON_LANGUAGES = [
  'en',
  'es',
  'ar',
  'de',
  'fr',
  'pt',
  'it',
  'ro',
  'pl',
  'uk',
  'ru',
  'tr',
  'ku',
  'fa',
  'ur',
  'hi',
  'bn',
  'pa',
  'ta',
  'ne',
  'zh',
  'vi',
  'tl',
  'id',
  'sw',
  'so',
  'am',
  'ti',
  'ht',
] as const

/** What motions and profiles may hold. */
const CODE = /^[a-z]{2,3}(-[A-Z]{2})?$/
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz']
/** Everything of two letters that could be a language; the browser says which ones are. */
const PAIRS = LETTERS.flatMap((a) => LETTERS.map((b) => a + b))
/** Of three letters there are too many to try on a slow phone: these, and any other by its code. */
const TRIPLES = (
  'ach aka alt ast bal ban bem ber bho bik bin brx ceb chr ckb crs dje doi dyo dyu efi fil fon gaa gom gsw guz hak haw hil hmn hne ibb ilo jam kab kam kbd kea khw kln kok kri ' +
  'krl kru lez luo lus luy lzz mad mag mai mak man mas mer mfe min mni mos mus myv nah nan nap nds nqo nus nyn pag pam pap pcm pis prs qug quc raj rif rom rup sah sat scn sco ' +
  'seh shi shn skr snk srn srr sus syl tem tet tig tiv tpi trv tum tyv tzm udm umb vai war wal wuu yao yue zap zgh zza'
).split(' ')

/** Without capitals, accents and vowel signs, which people leave out. */
const plain = (name: string): string => name.trim().normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

const namesIn = new Map<string, ReadonlyMap<string, string>>()
/** Codes by name, as the reader's language has it. Made once: some hundreds of questions to the browser. */
const codesByName = (reader: string): ReadonlyMap<string, string> => {
  const known = namesIn.get(reader)
  if (known) return known
  const names = new Intl.DisplayNames([reader], { type: 'language', fallback: 'none' })
  const made = new Map<string, string>()
  for (const code of [...PAIRS, ...TRIPLES]) {
    const name = names.of(code)
    // `eng` and `iw` are called what `en` and `he` are called
    if (name !== undefined && canonical(code) === code) made.set(plain(name), code)
  }
  namesIn.set(reader, made)
  return made
}

const canonical = (code: string): string | undefined => {
  try {
    return Intl.getCanonicalLocales(code)[0]
  } catch {
    return undefined
  }
}

/** The code of what somebody calls a language in their own, or of a code as it stands; undefined where it is neither. */
export const languageCalled = (text: string, reader: string): string | undefined => {
  const code = codesByName(reader).get(plain(text)) ?? canonical(text.trim())
  return code !== undefined && CODE.test(code) ? code : undefined
}
