/** Spanish: who we are, what we agree on, our rules, whom we let in. */
import type { LaterWords } from '../later/en.ts'
import { formatsOf, isolated } from '../plural.ts'

const { plural } = formatsOf('es')

export const us: LaterWords['us'] = {
  title: 'Nosotros',
  members: (n) => plural(n, { one: '# miembro', other: '# miembros' }),
  you: 'eres tú',
  since: (day) => `cuenta desde más o menos el ${day}`,
  away: 'fuera',
  suspended: 'suspendido',
  notArrived: 'no ha estado aquí desde el último cambio',
  noPhone: 'no tiene teléfono: dos de nosotros tienen que encontrarle',
  metBy: (names) => `Le conocen en persona: ${names}`,
  metByNobody: 'Nadie dice todavía que le conoce en persona.',
  sponsorOnly: 'Solo le conoce en persona quien respondió por ella o él.',
  met: 'Le conozco en persona',
  remove: 'Pedir a los demás que salga',
  removeSure: (name) => `¿Pedir a los demás que salga ${isolated(name)}? Una persona sola no decide nada.`,
  roles: 'Quién tiene qué tarea',
  unity: 'En qué estamos de acuerdo',
  charter: 'Nuestras reglas',
  leave: 'Salir de este comité',
  leaveSure:
    'Este aparato olvida el comité cuando los demás lo sepan. Para volver hace falta otra invitación.',
}

export const invites: LaterWords['invites'] = {
  title: 'Invitar a alguien',
  lead: 'Encuéntrense. Muestra el código o da la línea. Un miembro solo no deja entrar a nadie: deciden los demás.',
  person: 'Alguien nuevo, aquí a mi lado',
  personHint: 'Sirve un día.',
  link: 'Alguien nuevo, que no está aquí',
  linkHint: 'Sirve una semana. Envíala por un camino en el que confíes.',
  device: 'Un teléfono más mío',
  deviceHint: 'Ahora tienes los dos teléfonos en la mano.',
  line: 'La línea para dar',
  code: 'Código de la invitación',
  once: 'Se muestra solo ahora y sirve una vez.',
  open: 'Invitaciones abiertas',
  none: 'No hay invitaciones abiertas.',
  states: {
    waiting: 'espera a que alguien la siga',
    comparing: 'comparen ahora las palabras',
    vouched: 'respondiste por esa persona; deciden los demás',
    declined: 'no seguiste con ella',
    aborted: 'terminó sola: haz otra',
  },
  compare: 'Léanse estas tres palabras en voz alta. Tienen que ser iguales en las dos pantallas.',
  comer: (name) => `Se hace llamar ${isolated(name)}`,
  same: 'Son iguales: respondo por esa persona',
  differ: 'Son distintas',
  decline: 'No sigo con ella',
}

export const unity: LaterWords['unity'] = {
  title: 'En qué estamos de acuerdo',
  lead: 'Cada quien lo dice por sí. Un punto queda acordado cuando estamos de acuerdo todos.',
  empty: 'Todavía no hay puntos. Empiecen con uno de los siete principios, o con palabras propias.',
  principles: {
    antagonism:
      'Lo que es bueno para nosotros le cuesta a quien nos emplea. Lo que ganamos lo defendemos, y luego pedimos lo siguiente.',
    collectivity: 'Nadie gana solo. Lo importante lo decidimos juntos y lo hacemos juntos.',
    combativeness:
      'Actuamos nosotros mismos, con la fuerza que podemos sostener, y no esperamos a que otro actúe por nosotros.',
    democracy:
      'Cada quien dice abiertamente lo que piensa y se le escucha. Las tareas rotan, y a quien habla por nosotros se le puede revocar.',
    autonomy:
      'Deciden quienes trabajan aquí. Sindicatos, partidos, abogados y oficinas pueden ayudarnos; no nos dirigen.',
    internationalism:
      'Estamos con la gente que trabaja, en todas partes, sea cual sea su idioma o sus papeles.',
    contradiction:
      'El alquiler, las fronteras, el racismo, la guerra y el clima también nos llegan en el trabajo: preguntamos qué nos hacen aquí y empezamos por ahí.',
  },
  stances: { agree: 'De acuerdo', talk: 'Hablemos', no: 'No' },
  said: { agree: 'está de acuerdo', talk: 'quiere hablar', no: 'no está de acuerdo' },
  states: {
    proposed: 'propuesto',
    in_discussion: 'se está hablando',
    agreed: 'acordado por todos',
    kept_open: 'queda abierto',
    dropped: 'retirado',
  },
  endings: { kept_open: 'Dejarlo abierto', dropped: 'Retirarlo' },
  why: '¿Por qué lo digo?',
  vote: 'Ponerlo a votación',
  add: 'Poner un punto',
  own: 'Palabras propias',
  principle: 'Uno de los siete principios',
  meetings: 'Reuniones',
  meetingNote: 'Hoy nos reunimos',
  wasThere: 'Yo estuve',
  there: (n) => plural(n, { one: '# dice que estuvo', other: '# dicen que estuvieron' }),
  noMeetings: 'Todavía no hay reuniones anotadas.',
  founding: 'Fundación',
  ready: 'Está todo. Para fundarlo hace falta un sí de cada persona.',
  found: 'Votar para fundarlo',
  part: 'Cada quien sigue su camino',
  partSure: 'Basta una persona. Lo que se dijo aquí se va de todos los aparatos. Nadie tiene la culpa.',
  gaps: {
    alone: 'Un comité tiene al menos dos miembros.',
    meetings: 'Dos reuniones en días distintos, con todas las personas.',
    no_unity: 'Al menos un punto en el que todos estén de acuerdo.',
    open_points: 'Ningún punto pendiente.',
  },
}

export const charter: LaterWords['charter'] = {
  title: 'Nuestras reglas',
  lead: 'Nos las dimos nosotros, y las cambiamos votando.',
  purpose: 'Para qué',
  level: 'Lo que somos',
  levels: {
    unwritten: 'no está escrito',
    open_group: 'un grupo abierto sobre un tema',
    committee: 'un comité de trabajadores',
    other: 'otra cosa',
  },
  mayJoin: 'Quién puede entrar',
  mayBeDelegate: 'Quién puede hablar por nosotros en otra parte',
  languages: 'Idiomas de nuestras mociones',
  quiet: 'No se llama a nadie',
  quietHours: (from, to) => `de ${from} a ${to} horas`,
  orders: 'Permitido en una emergencia, votado antes',
  admit: 'Para dejar entrar a alguien',
  remove: 'Para sacar a alguien',
  change: 'Para cambiar estas reglas',
  approvals: (n) => plural(n, { one: '# de nosotros dice sí', other: '# de nosotros dicen sí' }),
  thirds: {
    1: 'y un tercio de quienes cuentan',
    2: 'y dos tercios de quienes cuentan',
    3: 'y todos los que cuentan',
  },
  keep: 'Los mensajes se van después de',
  keepAlarms: 'Las alarmas cerradas se van después de',
  keepMeetings: 'Las reuniones se van después de',
  devices: 'Teléfonos que puede tener cada quien',
  none: 'nada escrito',
}
