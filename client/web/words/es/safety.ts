/** Spanish: phones, words, the relay, what the operator sees. */
import type { LaterWords } from '../later/en.ts'
import { isolated } from '../plural.ts'

export const safety: LaterWords['safety'] = {
  title: 'Seguridad',
  mine: 'Mis teléfonos',
  others: 'Teléfonos de los demás',
  this: 'este',
  phone: (piece) => `Teléfono ${isolated(piece)}`,
  heard: {
    never: 'todavía sin señal',
    today: 'con señal hoy',
    this_week: 'con señal esta semana',
    longer: 'sin señal hace una semana o más',
  },
  since: (when) => `aquí desde: ${when}`,
  drop: 'Cortarlo: perdido o viejo',
  cutOff: 'Cortar este teléfono',
  cutOffSure: (name) =>
    `¿Un teléfono de ${isolated(name)} está en malas manos? Desde ahora no se entera de nada nuevo. ${isolated(name)} sigue siendo miembro; dos de nosotros le encontramos para que entre otra vez.`,
  dropSure: 'Desde ahora no se entera de nada nuevo. Lo que ya leyó se queda en él.',
  cutDone: 'Cortado.',
  cutWaiting: 'Guardado y en camino: este aparato u otro lo cumple en cuanto pueda.',
  wasCutOff: (name) => `cortado por ${isolated(name)}`,
  wasDropped: 'cortado por su dueño',
  open: 'sin resolver',
  settle: 'Fue correcto',
  vacant: 'ahora no tiene teléfono',
  words: 'Las palabras de este comité',
  wordsHint:
    'Encuéntrense y léanselas. Son las mismas en todas las pantallas, o algo va mal. Cambian cuando cambia el comité.',
  same: 'Las mismas palabras: comparé con',
  differ: 'Son distintas',
  compared: 'Anotado.',
  whom: '¿Con quién?',
  relay: 'El relé',
  relayAt: (address) => `En ${isolated(address)}`,
  relayLied:
    'El relé fue descubierto mostrando algo que no puede ser verdad. No se le envía nada. Comparen las palabras en persona antes de seguir.',
  goOn: 'Usarlo de todos modos',
  arrived: (n, of) => `${n} de ${of} de los demás han llegado al último cambio.`,
  provisional: 'Entraste hace poco y todavía no lo ha confirmado suficiente gente.',
  suspicions: 'Lo que no debería pasar',
  suspicion: {
    words_differ: 'Comparaste palabras con un miembro y no eran las mismas.',
    relay_lied: 'El relé mostró a este aparato algo que no puede ser verdad.',
    relay_forked:
      'El aparato de un miembro vio otra historia en el relé que este. Comparen las palabras en persona.',
    history_differs:
      'El aparato de un miembro cuenta otras decisiones que este. Comparen las palabras en persona.',
    other_commit: 'El aparato de un miembro siguió otro cambio que este. Comparen las palabras en persona.',
    counter_repeated:
      'El aparato de un miembro escribió dos cosas distintas en un mismo lugar: puede haber una copia. Hablen con esa persona.',
    history_rewritten:
      'El aparato de un miembro cambió lo que había dicho: puede haber una copia. Hablen con esa persona.',
    device_copied:
      'Alguien escribe con una copia de lo guardado aquí: úsalo en un solo lugar y avisa a los demás.',
  },
  device: 'Este aparato',
  deviceHint: 'Idioma, letras, llave, frase secreta, quitar todo',
}

export const standing: LaterWords['standing'] = {
  title: 'Este aparato y los demás',
  stuck: (name) => `No puede seguir un cambio que hizo ${isolated(name)}: lo que recibió no encaja.`,
  blind: (name) =>
    `Los demás deshicieron un cambio de ${isolated(name)} sobre el que este aparato había seguido, y no puede volver tan atrás.`,
  asked: 'Ha pedido a los demás que lo tomen otra vez; conservas tu lugar y tus votos.',
  asking: 'Pide a los demás que lo tomen otra vez en cuanto se alcance el relé.',
  answered: 'Alguien respondió. Sigue solo cuando suficientes estemos donde eso lleva.',
  next: (span) => `Si nadie ayuda, pide deshacer ese cambio después de ${span} con conexión.`,
  alone: 'Solo no puede hacer más: encuéntrate con dos miembros, que pueden dejarte entrar otra vez.',
  erased: 'Lo que se dijo aquí se borró de este aparato.',
  erasing: (span) => `Lo que se dijo aquí se borra de este aparato en ${span}, si no se deshace.`,
}
