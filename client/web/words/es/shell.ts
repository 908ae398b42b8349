/** Spanish: the edge of every screen, the first screen of a committee, the room, and what several screens say. */
import type { Words } from '../en.ts'
import { formatsOf, isolated } from '../plural.ts'

const { plural } = formatsOf('es')

export const common: Words['common'] = {
  back: 'Volver',
  close: 'Cerrar',
  cancel: 'No hacerlo',
  send: 'Enviar',
  save: 'Guardar',
  copy: 'Copiar',
  copied: 'Copiado.',
  hear: 'Oírlo',
  stop: 'Parar',
  you: 'tú',
  yes: 'Sí',
  no: 'No',
  wait: 'Un momento.',
  notFetched: 'Esta página no se pudo traer. Busca conexión y cárgala otra vez.',
  again: 'Cargar otra vez',
  sent: 'Enviado.',
  notSent: 'No enviado: ¡llama!',
  notSentHint: 'Queda en este aparato y sale en cuanto se alcance el relé.',
  left: (span) => `quedan ${span}`,
  timeOver: 'se acabó su tiempo',
  ago: (span) => `hace ${span}`,
  by: (name) => `de ${isolated(name)}`,
  and: 'más',
}

export const shell: Words['shell'] = {
  skip: 'Ir al contenido',
  lock: 'Cerrar con llave',
  safety: 'Seguridad',
  nav: 'Lugares',
  now: 'Ahora',
  talk: 'Hablar',
  alarm: 'Alarma',
  decide: 'Decidir',
  us: 'Nosotros',
  committees: 'Todos los comités',
  invite: 'Invitar a alguien',
  forget: 'Quitarlo de este aparato',
  forgetSure: 'Lo que leíste y escribiste allí desaparece de este aparato.',
  connection: {
    offline: 'Sin conexión',
    catching_up: 'Leyendo lo nuevo',
    live: 'Conectado',
    alarm: 'El relé fue descubierto mintiendo',
  },
  unsent: (n) => plural(n, { one: '# cosa no enviada: ¡llama!', other: '# cosas no enviadas: ¡llama!' }),
  read: (n) => plural(n, { one: '# entrada leída', other: '# entradas leídas' }),
  alarms: (n) => plural(n, { one: '# alarma', other: '# alarmas' }),
  talking: 'Todavía están hablando. Un comité empieza con el voto de todas las personas.',
  probation: 'Llegaste hace poco: lees y escribes, y tu voto cuenta más adelante.',
  status: {
    stuck: 'Este aparato perdió el hilo. Él mismo pide ayuda a los demás; mantenlo conectado.',
    removed: 'Ya no estás en este comité: habla con los demás en persona.',
    left: 'Saliste de este comité.',
    parted: 'Esta conversación terminó y cada quien sigue su camino.',
    lost: 'Este aparato estuvo fuera demasiado tiempo. Dos miembros que te encuentren te dejan entrar de nuevo.',
    copied:
      'Alguien escribe con una copia de lo guardado aquí, así que se detuvo. Avisa a los demás en persona.',
    outdated: 'El comité usa reglas que este Tocsin no conoce: carga esta página otra vez.',
    cutOff: (name) =>
      `${isolated(name)} cortó este teléfono. Sigues siendo miembro: encuéntrate con otros dos.`,
    cutOffSelf: 'Cortaste este teléfono desde otro tuyo: no se entera de nada nuevo.',
  },
}

export const now: Words['now'] = {
  title: 'Ahora',
  empty: 'Nada te espera. Buen momento para devolver una llamada.',
  needed: 'Alguien nos necesita',
  practice: 'Alarma de práctica',
  waiting: 'Te espera',
  week: 'Reuniones',
  fresh: 'Nuevo',
  posts: (n) => plural(n, { one: '# mensaje nuevo', other: '# mensajes nuevos' }),
  invite: (name) => `${isolated(name)} espera: comparen las palabras`,
  inviteNobody: 'Alguien espera: comparen las palabras',
  report: 'Debes un informe',
  drill: (answered, of) => `Última práctica: respondieron ${answered} de ${of}.`,
  noDrill: 'Todavía no hubo práctica. Practiquen una alarma al mes.',
  alone: 'Aquí no hay nadie más. Invita a la primera persona cara a cara.',
  seen: (seen, of) => `La han visto ${seen} de ${of}`,
  onIt: (n) => plural(n, { one: '# se ocupa', other: '# se ocupan' }),
  nobodyOnIt: 'Nadie se ocupa todavía.',
}

export const talk: Words['talk'] = {
  title: 'Hablar',
  empty: 'Nadie ha escrito todavía.',
  label: 'Escribir a todos aquí',
  placeholder: '',
  reply: 'Responder',
  replies: (n) => plural(n, { one: '# respuesta', other: '# respuestas' }),
  answering: 'Respuestas',
  to: (name) => `a ${isolated(name)}`,
  unseen: 'responde a algo de antes de tu llegada',
  older: 'Mostrar anteriores',
  newer: 'Mostrar posteriores',
  fresh: 'Nuevo desde aquí',
  alarm: 'una alarma',
  motion: 'una moción',
  gone: 'Eso ya no se guarda aquí.',
}
