// A WebAssembly program without what nobody calls: of its exports only those that are named stay, and a function that none of them can reach becomes a trap of three
// bytes. Nothing is moved or renumbered, so what stays is, byte for byte, what it was. Not here: which exports are wanted (leanSodium.mjs).

const SECTION = { import: 2, function: 3, export: 7, start: 8, element: 9, code: 10 }
const FUNCTION = 0
/** No locals, `unreachable`, `end`. */
const TRAP = [3, 0, 0, 0x0b]

/** What stands behind an instruction, for those behind which something stands. */
const numbers = (count) => (read) => {
  for (let i = 0; i < count; i++) read.number()
}
const MEMORY = Array.from({ length: 0x3e - 0x28 + 1 }, (_, i) => 0x28 + i)
const ONE = [0x02, 0x03, 0x04, 0x0c, 0x0d, 0x20, 0x21, 0x22, 0x23, 0x24, 0x3f, 0x40, 0x41, 0x42]
const NONE = [
  0x00,
  0x01,
  0x05,
  0x0b,
  0x0f,
  0x1a,
  0x1b,
  ...Array.from({ length: 0xc4 - 0x45 + 1 }, (_, i) => 0x45 + i),
]
const CALL = 0x10
/** Conversions have nothing behind them; copying and filling memory have two places and one. */
const MORE = new Map([...[0, 1, 2, 3, 4, 5, 6, 7].map((which) => [which, 0]), [10, 2], [11, 1]])
const BEHIND = new Map([
  ...NONE.map((code) => [code, numbers(0)]),
  ...ONE.map((code) => [code, numbers(1)]),
  ...MEMORY.map((code) => [code, numbers(2)]),
  // a jump by a table, a call by one
  [0x0e, (read) => read.list(read.number) && read.number()],
  [0x11, numbers(2)],
  // fractions, as they are
  [0x43, (read) => read.take(4)],
  [0x44, (read) => read.take(8)],
  [0xfc, (read) => numbers(known(MORE, read.number()))(read)],
])
const known = (table, code) => {
  const is = table.get(code)
  if (is === undefined) throw new Error(`a WebAssembly instruction that is not known: ${code}`)
  return is
}

const reader = (bytes) => {
  let at = 0
  const number = () => {
    let [value, shift] = [0, 0]
    for (;;) {
      const byte = bytes[at++]
      value += (byte & 0x7f) * 2 ** shift
      shift += 7
      if (byte < 0x80) return value
    }
  }
  const take = (length) => {
    at += length
    return bytes.subarray(at - length, at)
  }
  return {
    number,
    take,
    byte: () => bytes[at++],
    list: (one) => Array.from({ length: number() }, one),
    isOver: () => at >= bytes.length,
  }
}

const leb = (value) => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(Math.floor(value / 0x80))])
const sized = (bytes) => Buffer.concat([Buffer.from(leb(bytes.length)), bytes])

const sectionsOf = (wasm) => {
  const read = reader(wasm.subarray(8))
  const sections = []
  while (!read.isOver()) sections.push({ id: read.byte(), body: read.take(read.number()) })
  return sections
}
const within = (sections, id) => reader(sections.find((one) => one.id === id)?.body ?? new Uint8Array([0]))

/** Which functions of the program are called by this one. */
const callsIn = (body) => {
  const read = reader(body)
  const calls = []
  read.list(() => [read.number(), read.byte()])
  while (!read.isOver()) {
    const code = read.byte()
    if (code === CALL) calls.push(read.number())
    else known(BEHIND, code)(read)
  }
  return calls
}

const exportsIn = (sections) => {
  const read = within(sections, SECTION.export)
  return read.list(() => ({
    name: Buffer.from(read.take(read.number())),
    kind: read.byte(),
    index: read.number(),
  }))
}

/** Functions that a table holds: who calls them cannot be seen. */
const inTables = (sections) => {
  const read = within(sections, SECTION.element)
  return read
    .list(() => {
      const [kind, place, offset, end] = [read.number(), read.byte(), read.number(), read.byte()]
      if (kind !== 0 || place !== 0x41 || end !== 0x0b || offset < 0)
        throw new Error('a table of functions that is not known')
      return read.list(read.number)
    })
    .flat()
}
const countImports = (sections) => {
  const read = within(sections, SECTION.import)
  const kinds = read.list(() => {
    read.take(read.number())
    read.take(read.number())
    const kind = read.byte()
    if (kind !== FUNCTION) throw new Error('an import that is no function')
    read.number()
    return kind
  })
  return kinds.length
}

/** `wanted`: names of exports. */
export const leanWasm = (wasm, wanted) => {
  const sections = sectionsOf(wasm)
  const imports = countImports(sections)
  const code = within(sections, SECTION.code)
  const bodies = code.list(() => code.take(code.number()))
  const kept = exportsIn(sections).filter(
    ({ name, kind }) => kind !== FUNCTION || wanted.has(name.toString()),
  )
  const reached = new Set()
  const waiting = [
    ...kept.filter(({ kind }) => kind === FUNCTION).map(({ index }) => index),
    ...inTables(sections),
  ]
  if (sections.some(({ id }) => id === SECTION.start)) waiting.push(within(sections, SECTION.start).number())
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue
    reached.add(next)
    if (next >= imports) waiting.push(...callsIn(bodies[next - imports]))
  }
  const trap = Buffer.from(TRAP)
  const written = {
    [SECTION.export]: [
      ...leb(kept.length),
      ...kept.flatMap(({ name, kind, index }) => [...sized(name), kind, ...leb(index)]),
    ],
    [SECTION.code]: Buffer.concat([
      Buffer.from(leb(bodies.length)),
      ...bodies.map((body, i) => (reached.has(i + imports) ? sized(body) : trap)),
    ]),
  }
  return Buffer.concat([
    wasm.subarray(0, 8),
    ...sections.flatMap(({ id, body }) => [Buffer.from([id]), sized(Buffer.from(written[id] ?? body))]),
  ])
}
