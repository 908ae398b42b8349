// libsodium as a phone has to fetch it: its program as a file of its own, for as base64 text it hides from compression, and of it and of the functions around it only what
// our sources call. Refuses a libsodium that is put together otherwise. Not here: how a WebAssembly program is cut (leanWasm.mjs).
import { readdirSync, readFileSync } from 'node:fs'
import { parseAst } from 'vite'
import { leanWasm } from './leanWasm.mjs'

const DECODED = /\(A=>\{for\(var .{1,400}?return E\}\)\("([A-Za-z0-9+/]+=*)"\)/g
const WASM = Buffer.from([0, 0x61, 0x73, 0x6d])
/** `for(var names=[…],functions=[…],i=0;…` and after it the names of constants. */
const TABLE = /for\(var e=(\[[^\]]*\]),a=\[([^\]]*)\],_=0;/
const CONSTANTS = /var n=(\["SODIUM_[^\]]*\]|\[[^\]]*"crypto_xof[^\]]*\]);/
/** libsodium tries itself out with these before anybody may use it. */
const SELF_TEST = [
  'crypto_secretbox_easy',
  'crypto_secretbox_open_easy',
  'crypto_secretbox_NONCEBYTES',
  'crypto_secretbox_KEYBYTES',
  'randombytes_buf',
  'memcmp',
]

const sources = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'))

/** What our sources say as `sodium.…`; to use it otherwise would be to use what is not there. */
const usedIn = (folders) => {
  const users = folders.flatMap(sources).filter((text) => text.includes("from 'libsodium-wrappers'"))
  const names = users.flatMap((text) => [...text.matchAll(/\bsodium\.(\w+)/g)].map(([, name]) => name))
  return new Set([...SELF_TEST, ...names])
}

const found = (code, shape) => {
  const match = shape.exec(code)
  if (!match) throw new Error('libsodium is put together otherwise')
  return match
}

/** Of the wrappers: the functions that nobody asks for are gone, text and all. */
const leanWrappers = (code, used) => {
  const [table, names, functions] = found(code, TABLE)
  const pairs = functions.split(',').map((fn, i) => [JSON.parse(names)[i], fn])
  const kept = pairs.filter(([name]) => used.has(name))
  const [constants, list] = found(code, CONSTANTS)
  const keptConstants = JSON.parse(list).filter((name) => used.has(name))
  const dropped = new Set(pairs.filter(([name]) => !used.has(name)).map(([, fn]) => fn))
  const shorter = code
    .replace(
      table,
      () => `for(var e=${JSON.stringify(kept.map(([name]) => name))},a=[${kept.map(([, fn]) => fn)}],_=0;`,
    )
    .replace(constants, () => `var n=${JSON.stringify(keptConstants)};`)
  return { code: withoutFunctions(shorter, dropped), constants: keptConstants }
}
const withoutFunctions = (code, dropped) =>
  parseAst(code)
    .body.filter(({ type, id }) => type === 'FunctionDeclaration' && dropped.has(id.name))
    .reduceRight((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), code)

/** Of the program's glue: which function of the program goes by which name, for those that the wrappers name. */
const leanGlue = (code, symbols) => {
  const wanted = new Set()
  const shorter = code.replaceAll(/g\.(_\w+)=A\.([\w$]+),/g, (whole, name, exported) => {
    if (!symbols.has(name)) return ''
    wanted.add(exported)
    return whole
  })
  return { code: shorter, wanted }
}

const WRAPPERS = new URL(
  '../../node_modules/libsodium-wrappers/dist/modules-sumo-esm/libsodium-wrappers.mjs',
  import.meta.url,
)
const OURS = ['../core/', '../../shared/'].map((path) => new URL(path, import.meta.url).pathname)

export const leanSodium = () => {
  const wrappers = leanWrappers(readFileSync(WRAPPERS, 'utf8'), usedIn(OURS))
  const symbols = new Set([
    ...[...wrappers.code.matchAll(/\br\.(_\w+)/g)].map(([, name]) => name),
    ...wrappers.constants.map((name) => `_${name.toLowerCase()}`),
  ])
  return {
    name: 'lean-sodium',
    transform(code, id) {
      if (id.endsWith('/libsodium-wrappers.mjs')) return { code: wrappers.code, map: null }
      if (!id.endsWith('/libsodium-sumo.mjs')) return null
      const [text, another] = [...code.matchAll(DECODED)]
      const wasm = Buffer.from(text?.[1] ?? '', 'base64')
      if (!text || another || !wasm.subarray(0, 4).equals(WASM))
        throw new Error('libsodium is put together otherwise')
      const glue = leanGlue(code, symbols)
      const file = this.emitFile({ type: 'asset', name: 'sodium.wasm', source: leanWasm(wasm, glue.wanted) })
      const fetched = `new Uint8Array(await(await fetch(import.meta.ROLLUP_FILE_URL_${file})).arrayBuffer())`
      return { code: glue.code.replace(text[0], () => fetched), map: null }
    },
  }
}
