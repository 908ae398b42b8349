/** How an alarm sounds and shakes while this page is open; no browser rings for a page that is closed. Not here: when to ring (client/core decides, App.svelte calls). */
const BEEPS = 6
/** Seconds. */
const BEEP = 0.35
const PAUSE = 0.15
const HERTZ = [880, 660]
const SHAKE_MS = [400, 150, 400, 150, 400, 150, 400]

/** silent: the browser lets this page make no sound until somebody has touched it. */
export const ring = async (): Promise<'rung' | 'silent'> => {
  navigator.vibrate?.(SHAKE_MS)
  const audio = new AudioContext()
  if (audio.state === 'suspended')
    await Promise.race([audio.resume(), new Promise((on) => setTimeout(on, 300))])
  if (audio.state !== 'running') {
    await audio.close()
    return 'silent'
  }
  for (let i = 0; i < BEEPS; i++)
    beep(audio, audio.currentTime + i * (BEEP + PAUSE), HERTZ[i % HERTZ.length] ?? 0)
  setTimeout(() => void audio.close(), BEEPS * (BEEP + PAUSE) * 1000)
  return 'rung'
}

const beep = (audio: AudioContext, at: number, hertz: number): void => {
  const tone = audio.createOscillator()
  tone.type = 'square'
  tone.frequency.value = hertz
  tone.connect(audio.destination)
  tone.start(at)
  tone.stop(at + BEEP)
}
