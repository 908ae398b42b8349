/** How a table's columns are told of: a column of store/schema.ts without its line does not compile. Types only. */

/** SQL type, what it is, how long it stays, what it tells. */
export type Line = readonly [type: string, means: string, lives: string, tells: string]

export type Columns<Table extends { readonly _: { readonly columns: object } }> = {
  readonly [Key in keyof Table['_']['columns'] as NameOf<Table['_']['columns'][Key]>]: Line
}
type NameOf<Column> = Column extends { readonly _: { readonly name: infer Name extends string } }
  ? Name
  : never
