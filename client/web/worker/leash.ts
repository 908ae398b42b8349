/** A world whose connections and questions can be ended all at once: whoever locks a vault does not wait for a relay. */
import type { Socket } from '../../core/relay/ports.ts'
import type { World } from '../../core/session/world.ts'

/** After `cut` every connection is gone and none is made again. */
export const leash = (world: World): { readonly world: World; readonly cut: () => void } => {
  const sockets = new Set<Socket>()
  const waiting = new Set<() => void>()
  const { post } = world
  let isCut = false
  return {
    world: {
      ...world,
      ...(post && {
        post: (url, body) =>
          new Promise((resolve) => {
            const end = (): void => resolve(undefined)
            if (isCut) return end()
            waiting.add(end)
            void post(url, body)
              .then(resolve, end)
              .finally(() => waiting.delete(end))
          }),
      }),
      dial: (address, { onFrame, onClose }) => {
        if (isCut) {
          world.timer(0, onClose)
          return { send: () => undefined, close: () => undefined }
        }
        const socket = world.dial(address, {
          onFrame,
          onClose: () => {
            sockets.delete(socket)
            onClose()
          },
        })
        sockets.add(socket)
        return socket
      },
    },
    cut: () => {
      isCut = true
      for (const socket of sockets) socket.close()
      for (const end of waiting) end()
    },
  }
}
