/** What Vite makes of a worker's file, and what it puts in when it builds. */
declare module '*?worker&url' {
  const url: string

  // biome-ignore lint/style/noDefaultExport: that is what Vite makes
  export default url
}

declare module '*.css'

interface ImportMeta {
  readonly env: {
    /** Host of the relay that a page from another server may speak to. */
    readonly VITE_TOCSIN_RELAY?: string
  }
}
