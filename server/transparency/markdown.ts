/** The operator's page as Markdown: TRANSPARENCY.md. */
import type { Block, Fact, Page, Section } from './document.ts'

export const asMarkdown = ({ title, lead, sections }: Page): string =>
  [`# ${title}`, ...lead, ...sections.flatMap(section)].join('\n\n').concat('\n')

const section = ({ title, blocks }: Section): readonly string[] => [`## ${title}`, ...blocks.map(block)]

const block = (one: Block): string => {
  switch (one.type) {
    case 'text':
      return one.text
    case 'list':
      return one.items.map((item) => `- ${item}`).join('\n')
    case 'facts':
      return [`### ${one.title}`, one.about, factTable(one.facts)].join('\n\n')
  }
}

const factTable = (facts: readonly Fact[]): string =>
  ['| column | what it is | how long | what it tells |', '|---|---|---|---|', ...facts.map(row)].join('\n')

const row = ({ name, type, means, lives, tells }: Fact): string =>
  `| \`${name}\` ${type} | ${means} | ${lives} | ${tells} |`
