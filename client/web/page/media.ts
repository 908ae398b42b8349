/** Photographs and voices made ready to be sent: small, and without what a camera writes into a file. Not here: sending (pages/SendFile.svelte). */
export const VOICE_SECONDS = 60

/** Pixels of the longer side: a sheet of paper can still be read. */
const LONGEST_SIDE = 1600
const QUALITY = 0.8
/** Of speech, per second. */
const VOICE_BITS = 16_000
export const VOICE_TYPE = 'audio/webm;codecs=opus'

const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer())

/** Drawn anew: place, time, camera and author stay behind. Undefined for what is no picture. */
export const plainPhoto = async (file: Blob): Promise<Uint8Array | undefined> => {
  const picture = await createImageBitmap(file).catch(() => undefined)
  if (!picture) return undefined
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  const drawn = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
  return drawn ? bytesOf(drawn) : undefined
}

export type Recording = {
  /** What was said, once it has been stopped or its time is over. */
  readonly done: Promise<Uint8Array>
  readonly stop: () => void
}

/** Undefined where there is no microphone, or it was not allowed. */
export const recordVoice = async (): Promise<Recording | undefined> => {
  const sound = await navigator.mediaDevices?.getUserMedia({ audio: true }).catch(() => undefined)
  if (!sound) return undefined
  const recorder = new MediaRecorder(sound, { mimeType: VOICE_TYPE, audioBitsPerSecond: VOICE_BITS })
  const parts: Blob[] = []
  recorder.ondataavailable = ({ data }) => void parts.push(data)
  const done = new Promise<Uint8Array>((resolve) => {
    recorder.onstop = () => {
      for (const track of sound.getTracks()) track.stop()
      resolve(bytesOf(new Blob(parts)))
    }
  })
  const stop = (): void => {
    if (recorder.state !== 'inactive') recorder.stop()
  }
  recorder.start()
  setTimeout(stop, 1000 * VOICE_SECONDS)
  return { done, stop }
}
