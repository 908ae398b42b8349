/**
 * The shape of the operator's page: sections of paragraphs, lists and facts about columns. Written once here as data, and
 * printed twice: TRANSPARENCY.md (markdown.ts) and /operator (html.ts). Not here: what it says (page.ts, tables.ts).
 */
export type Fact = {
  readonly name: string
  readonly type: string
  /** What it is. */
  readonly means: string
  /** How long it stays. */
  readonly lives: string
  /** What somebody learns to whom it is handed over. */
  readonly tells: string
}

export type Block =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'list'; readonly items: readonly string[] }
  | {
      readonly type: 'facts'
      readonly title: string
      readonly about: string
      readonly facts: readonly Fact[]
    }

export type Section = { readonly title: string; readonly blocks: readonly Block[] }

export type Page = {
  readonly title: string
  readonly lead: readonly string[]
  readonly sections: readonly Section[]
}

export const text = (...lines: readonly string[]): Block => ({ type: 'text', text: lines.join(' ') })
export const list = (...items: readonly string[]): Block => ({ type: 'list', items })
