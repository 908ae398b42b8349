/** The voices of this device, asked for once: some phones have hundreds, and a page of posts would ask for each. */
let voices = $state.raw<readonly SpeechSynthesisVoice[]>([])
let isAsked = false

const look = (): void => {
  // voices that would send the text elsewhere are not used
  voices = speechSynthesis.getVoices().filter(({ localService }) => localService)
}

/** To be called before a voice is looked for, outside of what is derived. */
export const askForVoices = (): void => {
  if (isAsked || !('speechSynthesis' in globalThis)) return
  isAsked = true
  look()
  speechSynthesis.addEventListener('voiceschanged', look)
}

/** Undefined where the device has none of its own. */
export const voiceFor = (language: string): SpeechSynthesisVoice | undefined =>
  voices.find(({ lang }) => lang.startsWith(language))
