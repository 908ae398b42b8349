/** `npm run transparency`: writes TRANSPARENCY.md anew. A test fails while the file says something else. */
import { writeFileSync } from 'node:fs'
import { asMarkdown } from './markdown.ts'
import { OPERATORS_PAGE } from './page.ts'

writeFileSync(new URL('../../TRANSPARENCY.md', import.meta.url), asMarkdown(OPERATORS_PAGE))
