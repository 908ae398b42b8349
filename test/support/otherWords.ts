/**
 * Layout tests in languages that the client does not speak: the Spanish sentences with their words changed into German or Hindi ones of such lengths as those
 * languages have, on their way to the browser. They mean nothing; they are as wide and as high as real ones. Not here: what is measured.
 */
import type { BrowserContext } from 'playwright-core'

/** By length, shortest first: for a word the nearest one that is at least half as long again is taken. */
const WORDS = {
  german:
    'so ist ein gern jetzt Alarm Treffen Ausschuss Abstimmung Mitglieder Arbeitszeit Verschwiegen Schichtleiter Kündigungsfrist Betriebsrätinnen Vertrauensperson Entlassungsgrund Abstimmungsergebnis Schichtplanänderung Sicherheitsbedenken Mitgliederversammlung Unterstützungsangebot Arbeitszeitverkürzung Gegenüberstellungsprotokoll',
  hindi:
    'हम सब है अभी आज बैठक सदस्य समिति निर्णय सुरक्षा मतदान ख़तरे प्रस्ताव साथियों ज़िम्मेदारी कार्यकर्ता अंतर्राष्ट्रीय प्रतिनिधित्व उत्तरदायित्वपूर्ण कार्यस्थल-सुरक्षा',
} as const
export type OtherLanguage = keyof typeof WORDS

/** In front of the real file: what it exports, with every text changed; handles and numbers inside of sentences stay (words/plural.ts, isolated). */
const changed = (file: string, language: OtherLanguage): string => `
import { es as base } from ${JSON.stringify(`./${file}?plain`)}
const words = ${JSON.stringify(WORDS[language].split(' '))}
const other = (word) => words.find((one) => one.length >= word.length * 1.5) ?? words.at(-1)
const inOther = (text) => text.split(/(\\u2068[^\\u2069]*\\u2069)/).map((part) => part.startsWith('\\u2068') ? part : part.replace(/\\p{L}{2,}/gu, other)).join('')
const change = (value) => {
  if (typeof value === 'string') return inOther(value)
  if (typeof value === 'function') return (...given) => change(value(...given))
  if (Array.isArray(value)) return value.map(change)
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, change(one)])) : value
}
export const es = change(base)
`

/** From the next load on, whoever chooses Spanish reads that. The context must keep no service worker. */
export const speakOther = async (context: BrowserContext, language: OtherLanguage): Promise<void> => {
  await context.unroute(/\/assets\/es-[^/]+\.js$/)
  await context.route(/\/assets\/es-[^/]+\.js$/, (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: changed(new URL(route.request().url()).pathname.split('/').at(-1) ?? '', language),
    }),
  )
}
