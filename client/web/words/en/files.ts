/** English: photographs and voice notes. */
export const files = {
  photo: 'Send a photograph',
  voice: 'Say something',
  hint: 'Both can be fetched for a week. A photograph loses what the camera wrote into it; what it shows stays.',
  speaking: (span: string) => `Speak now, for ${span} at most.`,
  stop: 'Stop and send',
  noPicture: 'That is not a picture that this browser can read.',
  noMicrophone: 'This browser does not let the page use a microphone.',
  fetch: 'Fetch it',
  hear: 'Fetch and hear it',
  aPhoto: 'a photograph',
  save: 'Save it, unlocked, on this device',
  onItsWay: (done: string, of: string) => `On its way: ${done} of ${of} parts`,
  takeBack: 'Do not send it',
}
