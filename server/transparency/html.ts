/**
 * The operator's page for a browser: no script, nothing loaded from anywhere, one short style of its own. Definition lists
 * instead of tables, so that it can be read on a telephone.
 */
import { createHash } from 'node:crypto'
import type { Block, Fact, Page, Section } from './document.ts'

const STYLE = [
  ':root{color-scheme:light dark}',
  'body{max-width:44rem;margin:0 auto;padding:1rem;font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}',
  'h1{font-size:1.5rem}h2{font-size:1.25rem;margin-top:2.5rem}h3{font-size:1rem;margin-top:2rem}',
  'dt{margin-top:1rem;font-weight:600}dd{margin:.25rem 0 0 1rem}li{margin:.25rem 0}pre{white-space:pre-wrap}',
].join('')

/** Nothing may run, load, be framed or be sent from these pages; only this style may be used. */
export const CONTENT_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

export const asHtml = ({ title, lead, sections }: Page): string =>
  [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    `<h1>${escaped(title)}</h1>`,
    ...lead.map(paragraph),
    ...sections.flatMap(section),
    '</body>',
    '</html>',
    '',
  ].join('\n')

const section = ({ title, blocks }: Section): readonly string[] => [
  `<h2>${escaped(title)}</h2>`,
  ...blocks.map(block),
]

const block = (one: Block): string => {
  switch (one.type) {
    case 'text':
      return paragraph(one.text)
    case 'list':
      return `<ul>\n${one.items.map((item) => `<li>${inline(item)}</li>`).join('\n')}\n</ul>`
    case 'facts':
      return [
        `<h3>${inline(one.title)}</h3>`,
        paragraph(one.about),
        '<dl>',
        ...one.facts.map(fact),
        '</dl>',
      ].join('\n')
  }
}

const fact = ({ name, type, means, lives, tells }: Fact): string =>
  [
    `<dt><code>${escaped(name)}</code> ${escaped(type)}</dt>`,
    `<dd>${inline(means)}</dd>`,
    `<dd><em>Stays:</em> ${inline(lives)}</dd>`,
    `<dd><em>Tells:</em> ${inline(tells)}</dd>`,
  ].join('\n')

const paragraph = (text: string): string => `<p>${inline(text)}</p>`

/** The three marks of Markdown that the page uses: code, strong, and links to a path of this relay. */
const inline = (text: string): string =>
  escaped(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/\[([^\]]+)\]\((\/[a-z]*)\)/g, '<a href="$2">$1</a>')

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
