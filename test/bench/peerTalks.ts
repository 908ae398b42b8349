/** How a load talks to what the relay is measured against. Nothing here looks at a message: it counts heads. */
import { every, frameShape, masked, upgrade } from './frames.ts'
import { countMessages, openSocket, type RawSocket, type Shape } from './rawSocket.ts'
import { acks, BLOB_BYTES, payload, placeOf, type Talk } from './talk.ts'

export const plainTalk = (url: string): Talk => ({
  subscribe: async (counted, from) => {
    const socket = await upgrade(url, '/', '', from)
    socket.flow(countMessages(frameShape(socket, 0, every), counted))
    return socket
  },
  publish: async (acked) => {
    const socket = await upgrade(url, '/', '')
    socket.flow(countMessages(frameShape(socket, 0, every), acks(acked))) // it hears itself, as everybody else
    const message = masked(payload)
    return () => socket.write(message)
  },
})

const CONNECT =
  'CONNECT {"verbose":false,"pedantic":false,"lang":"c","version":"1","protocol":1,"headers":true}\r\n'
const MESSAGE = `MSG bench 1 inbox ${BLOB_BYTES}\r\n`
const PING = 'PING\r\n'

/** A message, or the server's question whether the peer is there. */
const natsShape = (pong: () => void): Shape => ({
  least: 1,
  headOf: () => 1,
  restOf: (head) => (head[0] === PING.charCodeAt(0) ? PING.length : MESSAGE.length + BLOB_BYTES + 2) - 1,
  deliveriesIn: (head) => {
    if (head[0] !== PING.charCodeAt(0)) return 1
    pong()
    return 0
  },
})

const natsSocket = async (url: string, from?: string): Promise<RawSocket> => {
  const socket = await openSocket(placeOf(url, from))
  socket.write(`${CONNECT}PING\r\n`)
  await socket.takeThrough('PONG\r\n')
  return socket
}

/** The server delivers at once and acknowledges when its stream has the message in its file. */
export const natsTalk = async (url: string): Promise<Talk> => {
  const desk = await natsSocket(url)
  const stream = JSON.stringify({ name: 'bench', subjects: ['bench'], storage: 'file' })
  desk.write(`SUB inbox 1\r\nPUB $JS.API.STREAM.CREATE.bench inbox ${stream.length}\r\n${stream}\r\n`)
  const made = (await desk.takeThrough('}\r\n')).toString('latin1')
  if (made.includes('"error"')) throw new Error(made)
  desk.end()
  return {
    subscribe: async (counted, from) => {
      const socket = await natsSocket(url, from)
      socket.write('SUB bench 1\r\nPING\r\n')
      await socket.takeThrough('PONG\r\n')
      socket.flow(
        countMessages(
          natsShape(() => socket.write('PONG\r\n')),
          counted,
        ),
      )
      return socket
    },
    publish: async (acked) => {
      const socket = await natsSocket(url)
      socket.write('SUB inbox 1\r\nPING\r\n')
      await socket.takeThrough('PONG\r\n')
      // acknowledgements are the only messages here, and their JSON the only braces
      socket.flow((chunk) => {
        if (chunk.includes(PING)) socket.write('PONG\r\n')
        for (let at = chunk.indexOf('}'); at >= 0; at = chunk.indexOf('}', at + 1)) acked()
      })
      const message = Buffer.concat([
        Buffer.from(`PUB bench inbox ${BLOB_BYTES}\r\n`),
        payload,
        Buffer.from('\r\n'),
      ])
      return () => socket.write(message)
    },
  }
}

const TOPIC = Buffer.from('\0\x05bench', 'latin1')
/** PUBLISH: type, length of two bytes, topic, packet id. */
const PUBLISH_HEAD = 1 + 2 + TOPIC.length + 2
const PUBLISH_REST = TOPIC.length + 2 + BLOB_BYTES

const mqttSocket = async (url: string, name: string, from?: string): Promise<RawSocket> => {
  const socket = await openSocket(placeOf(url, from))
  const head = Buffer.from('\0\x04MQTT\x04\x00\x00\x00', 'latin1') // a session that lasts, no keep-alive
  const id = Buffer.from(`\0${String.fromCharCode(name.length)}${name}`, 'latin1')
  socket.write(Buffer.concat([Buffer.of(0x10, head.length + id.length), head, id]))
  await socket.take(4)
  return socket
}

/** QoS 1 both ways: the broker acknowledges the publisher, subscribers acknowledge the broker. */
export const mqttTalk = async (url: string): Promise<Talk> => {
  let subscribers = 0
  return {
    subscribe: async (counted, from) => {
      subscribers += 1
      const socket = await mqttSocket(url, `s${subscribers}`, from)
      socket.write(Buffer.concat([Buffer.of(0x82, 3 + TOPIC.length, 0, 1), TOPIC, Buffer.of(1)]))
      await socket.take(5)
      const shape: Shape = {
        least: PUBLISH_HEAD,
        headOf: () => PUBLISH_HEAD,
        restOf: () => BLOB_BYTES,
        deliveriesIn: (head) => {
          socket.write(Buffer.of(0x40, 2, head[PUBLISH_HEAD - 2] ?? 0, head[PUBLISH_HEAD - 1] ?? 0))
          return 1
        },
      }
      socket.flow(countMessages(shape, counted))
      return socket
    },
    publish: async (acked) => {
      const socket = await mqttSocket(url, 'publisher')
      const puback: Shape = { least: 4, headOf: () => 4, restOf: () => 0, deliveriesIn: every }
      socket.flow(countMessages(puback, acks(acked)))
      let packet = 0
      return () => {
        packet = (packet % 60_000) + 1
        const length = Buffer.of((PUBLISH_REST & 127) | 128, PUBLISH_REST >> 7)
        const id = Buffer.of(packet >> 8, packet & 255)
        socket.write(Buffer.concat([Buffer.of(0x32), length, TOPIC, id, payload]))
      }
    },
  }
}
