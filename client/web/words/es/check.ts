/** Spanish: "check on me". */
import type { LaterWords } from '../later/en.ts'
import { isolated } from '../plural.ts'

export const check: LaterWords['check'] = {
  title: 'Estén pendientes de mí',
  lead: 'Antes de una reunión o una charla que puede acabar mal. La alarma espera sellada en el relé y se abre sola, aunque te quiten el teléfono. Nadie puede leerla antes.',
  honest:
    'No puedes pararla a solas: quien te quite el teléfono también podría. La paran los demás cuando han hablado contigo.',
  minutes: '¿Dentro de cuánto preguntamos dónde estás?',
  note: '¿Qué ven los demás hasta entonces? Basta una palabra acordada.',
  kind: '¿Qué sería?',
  facts: '¿Qué debe decir la alarma si no respondes?',
  start: 'EMPEZAR',
  started: 'Está en marcha. La tiene el relé, y este teléfono ya no hace falta.',
  offline:
    'NO EMPEZÓ: no se alcanza el relé, y no espera nada en ninguna parte. Díselo a alguien de palabra.',
  running: (name) => `Pendientes de ${isolated(name)}`,
  mine: 'Los demás están pendientes de ti',
  left: (span) => `La alarma se abre en ${span}.`,
  due: 'Se acabó el tiempo: la alarma se abre ahora.',
  opened: 'La alarma está abierta.',
  spoken: (n, of) => `${n} de ${of} ya hablaron con esa persona.`,
  end: 'Ya hablé con esa persona',
  endHint: 'Solo si has oído su voz y está bien.',
  ended: 'Ya lo dijiste. Falta una persona más.',
  safe: 'Estoy bien',
  safeHint: 'Lo leen todos, y la alarma sigue esperando: antes alguien tiene que hablar contigo.',
  safeText: '¿Qué deben leer?',
  safeWords: 'Estoy bien. Hablen conmigo y luego díganlo aquí, por favor.',
  none: 'Nadie ha pedido que estén pendientes.',
  go: 'Estén pendientes de mí: una reunión o charla que puede acabar mal',
  bad: 'Dilo con menos palabras, en una línea.',
}
