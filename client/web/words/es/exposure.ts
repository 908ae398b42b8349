/** Spanish: words/en/exposure.ts. */
import type { Exposed } from '../../../core/committee/exposure.ts'
import type { LaterWords } from '../later/en.ts'
import { type Forms, formatsOf, isolated } from '../plural.ts'

const { plural } = formatsOf('es')

const KINDS: Readonly<Record<Exposed, Forms>> = {
  posts: { one: '# mensaje', other: '# mensajes' },
  files: { one: '# archivo con sus claves', other: '# archivos con sus claves' },
  open_alarms: { one: '# alarma abierta', other: '# alarmas abiertas' },
  closed_alarms: { one: '# alarma terminada', other: '# alarmas terminadas' },
  open_motions: { one: '# pregunta abierta', other: '# preguntas abiertas' },
  decisions: {
    one: '# pregunta decidida, con quién votó qué',
    other: '# preguntas decididas, con quién votó qué',
  },
  unity: { one: '# punto en el que estamos de acuerdo', other: '# puntos en los que estamos de acuerdo' },
  meetings: { one: '# reunión, con su lugar y sus notas', other: '# reuniones, con sus lugares y notas' },
  roles: { one: '# cargo y quién lo tiene', other: '# cargos y quién los tiene' },
  concerns: { one: '# preocupación sobre un miembro', other: '# preocupaciones sobre miembros' },
  statements: { one: '# declaración de un miembro', other: '# declaraciones de miembros' },
  names: { one: '# nombre que un miembro usa aquí', other: '# nombres que los miembros usan aquí' },
  profiles: { one: '# página de un miembro sobre sí mismo', other: '# páginas de miembros sobre sí mismos' },
}

export const exposure: LaterWords['exposure'] = {
  title: (piece, name) => `Lo que había en el teléfono ${isolated(piece)} de ${isolated(name)}`,
  cutOff: (when) => `Cortado: ${when}.`,
  reported: (when) => `Avisado como quitado: ${when}.`,
  heard: (when) => `Última señal: ${when}.`,
  onItThen: 'Quien lo abra puede leer, como mucho, lo que había aquí cuando se desconectó:',
  onIt: 'Quien lo abra puede leer, como mucho y hasta donde este aparato aún sabe:',
  kind: (kind, n) => plural(n, KINDS[kind]),
  always: 'las reglas del comité, y dónde está su relé',
  neverOnIt: 'Nunca estuvo en él:',
  never: {
    other_committees: 'nada de un comité en el que su dueño no está',
    earlier_words: 'lo que se dijo aquí antes de que llegara su dueño, si nadie lo repitió',
    later_words: 'lo que se diga después de cortarlo',
    keys_of_others: 'las claves de otras personas: con él nadie puede hablar en tu nombre',
    passphrases: 'frases secretas',
    contacts: 'contactos: este comité no guarda ninguno aquí',
    evidence: 'pruebas: este comité no guarda ninguna aquí',
    pledges: 'compromisos: este comité no guarda ninguno aquí',
  },
  doNow: 'Hagan ahora:',
  steps: {
    doubt_words: 'Duden de lo que se escribió con él desde el aviso: pregunten en persona.',
    look_at_new_phones:
      'Desde entonces llegó otro teléfono del mismo miembro: véanlo en su mano, o córtenlo también.',
    compare_words:
      'Comparen las palabras de este comité con todas las personas en la próxima reunión. Están en la página Seguridad.',
    tell_alarms:
      'Avisen a quien dio una alarma abierta: puede saberse el lugar, la frase y cómo encontrarle.',
    change_places: 'Reúnanse en otro lugar, a otra hora.',
    watch_motions: 'Quien lo tiene sabe qué están votando: pregunten si eso puede esperar.',
    pass_on_roles: 'Su dueño tiene un cargo: que lo haga otra persona hasta que vuelva.',
    fetchable_files: 'Sus archivos se pueden descargar hasta que pasen sus días: den por hecho que ocurrió.',
    change_admission: 'Pidan a quien opera el relé que cambie su secreto de admisión: estaba en el teléfono.',
    meet_owner:
      'Dos de ustedes se encuentran con su dueño, que ahora no tiene teléfono. Vuelve a entrar por la línea de comandos: tocsin rejoin invite.',
  },
}
