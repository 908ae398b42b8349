/** A camera that looks for codes, and is off as soon as nobody looks through it. No picture is kept. Not here: reading a code (readCode.ts). */

/** Pixels of the longer side that are searched: enough for the code of an invite on another phone's screen. */
const LONGEST_SIDE = 1000
/** Between two looks, so that an old phone stays usable. */
const PAUSE_MS = 150

const WISHED = { video: { facingMode: 'environment', width: { ideal: 1280 } } } as const

type Looking = {
  readonly video: HTMLVideoElement
  /** Every text that a code held. */
  readonly hear: (text: string) => Promise<void>
  /** The camera is off from then on. */
  readonly until: AbortSignal
}

/** True once it was ended; false where there is no camera, it was not allowed, or it was taken away. */
export const lookForCodes = async ({ video, hear, until }: Looking): Promise<boolean> => {
  const reader = await import('./readCode.ts').catch(() => undefined)
  const stream = reader && (await navigator.mediaDevices?.getUserMedia(WISHED).catch(() => undefined))
  const turnOff = (): void => {
    for (const track of stream?.getTracks() ?? []) track.stop()
  }
  // it may have been ended while somebody was asked whether it is allowed
  if (until.aborted) turnOff()
  until.addEventListener('abort', turnOff)
  video.srcObject = stream ?? null
  const picture = createPicture(video)
  while (stream?.active) {
    const seen = picture()
    const text = seen && reader?.readCode(seen)
    if (text !== undefined) await hear(text)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  return until.aborted
}

/** What the camera sees now; undefined until it sees something. */
const createPicture = (video: HTMLVideoElement): (() => ImageData | undefined) => {
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })
  return () => {
    const { videoWidth, videoHeight } = video
    if (videoWidth === 0 || !context) return undefined
    const scale = Math.min(1, LONGEST_SIDE / Math.max(videoWidth, videoHeight))
    const [width, height] = [Math.round(videoWidth * scale), Math.round(videoHeight * scale)]
    if (canvas.width !== width) canvas.width = width
    if (canvas.height !== height) canvas.height = height
    context.drawImage(video, 0, 0, width, height)
    return context.getImageData(0, 0, width, height)
  }
}
