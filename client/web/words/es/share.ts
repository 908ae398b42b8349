/** Spanish: what leaves the committee about an alarm, and alarms that are one. */
import type { LaterWords } from '../later/en.ts'
import { formatsOf, isolated } from '../plural.ts'

const { plural } = formatsOf('es')

export const share: LaterWords['share'] = {
  title: 'Contarlo a la ciudad',
  how: 'Dos tienen que haberlo comprobado, y votamos las palabras. Se vota exactamente lo que está en la vista previa.',
  checked: (n) => plural(n, { one: '# persona lo ha comprobado', other: '# personas lo han comprobado' }),
  spoke: 'He hablado con la persona',
  saw: 'Lo vi con mis ojos',
  isMe: 'Se trata de ti: ¿qué puede saber la ciudad?',
  consent: 'Se trata de alguien de aquí. Solo esa persona dice qué puede saber la ciudad de ella.',
  may: { name: 'Mi nombre', workplace: 'Mi lugar de trabajo' },
  mayHint:
    'Puedes cambiarlo siempre. Se dice a la ciudad que lo oculte, y no sale nada más; lo que alguien ha leído, leído queda.',
  allowed: {
    both: 'Permite el nombre y el lugar de trabajo.',
    name: 'Permite el nombre, no el lugar de trabajo.',
    workplace: 'Permite el lugar de trabajo, no el nombre.',
    none: 'No permite ni el nombre ni el lugar de trabajo.',
  },
  duty: 'Qué verían quienes están de guardia en la ciudad',
  dutyShow: 'Mostrarlo',
  exactly: 'Esto es exactamente lo que verán:',
  notChecked: 'SIN COMPROBAR.',
  demand: '¿Qué exigimos?',
  ask: '¿Qué pedimos a los demás?',
  workplace: '¿Qué lugar de trabajo? Déjalo vacío si no está permitido.',
  preview: 'Mostrar lo que leerán',
  empty: 'Di qué exigimos y qué pueden hacer los demás.',
  put: 'Poner estas palabras a votación',
  question: '¿Se lo contamos a la ciudad?',
  clear: 'Nada lo impide.',
  inTheWay: 'Lo impide:',
  gaps: {
    not_checked_by_two: 'Dos de aquí tienen que haber hablado con la persona, o haberlo visto.',
    workplace_not_allowed: 'La persona no ha permitido nombrar el lugar de trabajo.',
  },
  leaks: {
    handle: 'un nombre',
    time: 'una hora exacta',
    people: 'cuántas personas',
    shift: 'un turno',
    device: 'un aparato',
  },
  leak: (what, found) => `Nadie de fuera debe leer ${what}: ${isolated(found)}`,
  table: {
    first: '{severity}: {kind}. {code}, {sector}, {area}; hacia {hour}.',
    workplace: 'Lugar de trabajo: {it}',
    name: 'Nombre: {it}',
    needed: 'Hace falta: {it}',
    checked: 'Dos han hablado con la persona, o lo han visto.',
  },
  noCity: 'Todavía no estamos en ninguna ciudad: no se puede contar a nadie fuera de este comité.',
  join: 'Es lo mismo que otra alarma',
  joinHint: 'Sigue una y suena una, no dos. Lo dice quien la dio, u otras dos personas.',
  joinWhich: '¿Cuál sigue?',
  drill: (seen, of) => `Práctica: ${seen} de ${of} la vieron en diez minutos.`,
}
