/**
 * Where the relay listens: on the open web, or behind whatever stands there, and where asked for on a second port for tor, with
 * a budget of its own. Not here: what is done with a connection (app.ts).
 */
import { type App, type AppDeps, createApp } from './app.ts'
import type { Side } from './guard/headers.ts'

export type DoorsDeps = Omit<AppDeps, 'side'> & {
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  /** Undefined for none. */
  readonly onionPort: number | undefined
}

export type Doors = {
  readonly port: number
  readonly onionPort: number | undefined
  /** Lets everybody go within so many milliseconds. */
  readonly letGo: (withinMs: number) => Promise<void>
  readonly close: () => Promise<void>
}

export const openDoors = async (deps: DoorsDeps): Promise<Doors> => {
  const web = await open(deps, 'web', deps.port)
  const onion = deps.onionPort === undefined ? undefined : await openOr(deps, web)
  return {
    port: web.port,
    onionPort: onion?.port,
    letGo: async (withinMs) => {
      await Promise.all([web.letGo(withinMs), onion?.letGo(withinMs)])
    },
    close: async () => {
      await Promise.all([web.app.close(), onion?.app.close()])
    },
  }
}

type Open = App & { readonly port: number }

/** Half a relay is none. */
const openOr = async (deps: DoorsDeps, web: Open): Promise<Open> => {
  try {
    return await open(deps, 'onion', deps.onionPort ?? 0)
  } catch (error) {
    await web.app.close()
    throw error
  }
}

const open = async (deps: DoorsDeps, side: Side, port: number): Promise<Open> => {
  const { app, letGo } = await createApp({ ...deps, side })
  await app.listen({ host: deps.host, port, backlog: 1024 })
  const address = app.server.address()
  return { app, letGo, port: typeof address === 'object' && address ? address.port : port }
}
