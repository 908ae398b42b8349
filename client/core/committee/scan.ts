/**
 * What words for others must not hold (product.md 3.E): handles, exact times, how many people, names of shifts, and what tells phones apart. Patterns, and no judgement: who
 * writes around them gets through, so two people look besides. In English, Spanish and Arabic; digits of every script count.
 */
export type Leak = {
  readonly what: 'handle' | 'time' | 'people' | 'shift' | 'device'
  readonly found: string
}

/** \p{Nd} as digits: what is typed on an Arabic or Hindi keyboard, too. */
const CLOCK =
  /(?<!\p{Nd})\p{Nd}{1,2}\s?(?:[:.٫]\s?\p{Nd}{2}(?!\p{Nd})|h(?:\p{Nd}{2})?\b|\s?[ap]\.?m\b|\s?(?:o'?clock|uhr|ص|م)(?!\p{L}))/giu
const AT_HOUR = /(?<!\p{L})(?:at|a las?|sobre las?|الساعة)\s+\p{Nd}{1,2}(?!\p{Nd})/giu

const PEOPLE =
  'people|persons?|workers?|members?|colleagues?|of us|men|women|drivers?|nurses?|personas?|trabajador(?:es|as?)?|compañer[oa]s?|miembros?|de nosotr[oa]s|mujeres|hombres|عامل(?:ا|ة|ات)?|عمال|شخص(?:ا)?|أشخاص|زميل(?:ا|ة|ات)?|زملاء|أعضاء|عضو(?:ا)?|منا'
const WORDS_FOR_NUMBERS =
  'two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|veinte|treinta|cuarenta|cincuenta|cien|اثن(?:ان|ين)|ثلاثة|أربعة|خمسة|ستة|سبعة|ثمانية|تسعة|عشرة|عشرون|عشرين|مئة'
const NUMBER = `(?:\\p{Nd}+|${WORDS_FOR_NUMBERS})`
const COUNT = new RegExp(`(?<!\\p{L})${NUMBER}\\s+(?:\\p{L}+\\s+)?(?:${PEOPLE})(?!\\p{L})`, 'giu')
const PART = new RegExp(
  `(?<!\\p{L})${NUMBER}\\s+(?:out of|of|de|من)\\s+(?:the\\s+|las?\\s+|los\\s+)?${NUMBER}(?!\\p{L})`,
  'giu',
)

const SHIFT =
  /(?<!\p{L})(?:(?:early|late|night|day|morning|evening|afternoon|weekend|graveyard|first|second|third)[ -]shifts?|shift\s+\p{L}?\p{Nd}*|turnos?(?:\s+de)?\s+(?:la\s+)?(?:noche|mañana|tarde|día|madrugada|fin de semana)|(?:primer|segundo|tercer) turno|turno\s+\p{L}?\p{Nd}+|(?:ال)?(?:وردية|نوبة|مناوبة)(?:\s+(?:ال)?\p{L}+)?)(?!\p{L})/giu

const DEVICE =
  /(?:\b(?:\p{Nd}{1,3}\.){3}\p{Nd}{1,3}\b|\b(?:imei|mac|serial)\b[^\n]{0,3}[\p{Nd}a-f:-]{6,}|\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b|\b[0-9a-f]{24,}\b)/giu

const PATTERNS: readonly (readonly [Leak['what'], RegExp])[] = [
  ['time', CLOCK],
  ['time', AT_HOUR],
  ['people', COUNT],
  ['people', PART],
  ['shift', SHIFT],
  ['device', DEVICE],
]

/** Everything that is in the way, in the order in which it stands there. `handles`: those that must not be read. */
export const leaksIn = (words: string, handles: readonly string[]): readonly Leak[] => {
  const plain = words.normalize('NFKC')
  const found = PATTERNS.flatMap(([what, pattern]) =>
    [...plain.matchAll(pattern)].map((match) => ({ what, found: match[0].trim(), at: match.index })),
  )
  const named = handles.flatMap((handle) => handleIn(plain, handle))
  return [...named, ...found].sort((a, b) => a.at - b.at).map(({ what, found }) => ({ what, found }))
}

type Found = Leak & { readonly at: number }

/** As a word of its own, in any case. */
export const holds = (words: string, word: string): boolean =>
  handleIn(words.normalize('NFKC'), word).length > 0

/** As a word of its own, in any case: "Ana" is not in "mañana". */
const handleIn = (plain: string, handle: string): readonly Found[] => {
  const wanted = handle.normalize('NFKC')
  if (wanted === '') return []
  const escaped = wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const pattern = new RegExp(`(?<![\\p{L}\\p{Nd}])${escaped}(?![\\p{L}\\p{Nd}])`, 'giu')
  return [...plain.matchAll(pattern)].map((match) => ({ what: 'handle', found: match[0], at: match.index }))
}
