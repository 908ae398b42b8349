/** Spanish: the ring test, hiding, the name of the page, what this phone carries. */
import type { LaterWords } from '../later/en.ts'

export const care: LaterWords['care'] = {
  ring: '¿Sonará este teléfono?',
  ringNow: 'Haz sonar mi teléfono ahora',
  rung: 'Ha sonado. ¿Bastante fuerte? Si no: sube el volumen y quita el silencio.',
  silent:
    'El navegador no dejó salir el sonido. Toca la página una vez y prueba de nuevo; mira si el sonido está apagado para esta página.',
  ringHint:
    'Suena por una alarma solo mientras Tocsin está abierto y sin cerrar. Si está cerrado, solo te alcanza una llamada.',
  hide: 'Esconder rápido',
  hideText: 'El ojo de arriba muestra enseguida un mes de turnos y lo cierra todo.',
  hideHonest: 'Esconde de una mirada por encima del hombro. No engaña a un examen.',
  name: 'Cómo se llama esta página en el navegador',
  nameHint: 'En la lista de páginas abiertas y en lo que el navegador recuerda.',
  plain: 'Cada pantalla con su nombre',
  light: 'Viajar ligero',
  lightHint: 'Este teléfono olvida lo dicho después de ese tiempo. Los demás lo guardan como se acordó.',
  asAgreed: 'Como se acordó',
  noted: 'Anotado.',
  files: 'Mis datos como archivos',
  filesText: 'Lo que dijiste, alertaste, respondiste y decidiste, y las reglas que aceptaste.',
  filesWarning: 'Un archivo no está cerrado: quien lo tiene, lo lee. Guárdalo donde nadie más mire.',
  filesAll: 'También lo que dijeron los demás. Pregúntales antes.',
  filesMake: 'Hacer los archivos',
  readable: 'Para leer (texto)',
  machine: 'Para programas (JSON)',
  print: 'Imprimir',
}
