/** Spanish: photographs and voice notes. */
import type { LaterWords } from '../later/en.ts'

export const files: LaterWords['files'] = {
  photo: 'Enviar una foto',
  voice: 'Decir algo',
  hint: 'Las dos cosas se pueden traer durante una semana. La foto pierde lo que la cámara escribió en ella; lo que muestra, queda.',
  speaking: (span) => `Habla ahora, ${span} como mucho.`,
  stop: 'Parar y enviar',
  noPicture: 'Eso no es una imagen que este navegador pueda leer.',
  noMicrophone: 'Este navegador no deja que la página use un micrófono.',
  fetch: 'Traerlo',
  hear: 'Traerlo y oírlo',
  aPhoto: 'una foto',
  save: 'Guardarlo, sin llave, en este aparato',
  onItsWay: (done, of) => `En camino: ${done} de ${of} partes`,
  takeBack: 'No enviarlo',
}
