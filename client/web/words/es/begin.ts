/** Spanish: before there is a committee on the screen. */
import type { Words } from '../en.ts'

export const begin: Words['begin'] = {
  operator: {
    title: 'Lo que ve quien opera el relé',
    sees: 'Quien opera el relé puede ver:',
    can: [
      'que un aparato se conecta, cuándo, y desde qué dirección, si no usas Tor',
      'que llegan entradas selladas, cuándo, y cuál de cinco tamaños tiene cada una',
      'qué registros sellados se leen por una misma conexión',
      'esta página: quien la sirve podría servir otra cambiada. La línea de comandos no se carga de nuevo cada vez.',
    ],
    cannot: 'Quien opera el relé no puede ver:',
    not: [
      'lo que escribes, ni si es un mensaje, un voto o una alarma',
      'nombres, miembros, cuántos son, ni quién votó qué',
      'tu frase secreta, ni nada que abra una entrada',
    ],
    pageAt: (address: string) => `El relé lo dice él mismo, en otro navegador: ${address}`,
  },
  about: 'Coordinación cifrada para comités de trabajo. Nadie en medio puede leerla.',
  make: {
    title: 'Primero, cierra este aparato',
    lead: 'Todo lo que lees y escribes aquí queda cerrado con una frase secreta que solo tú conoces. Nadie puede cambiarla por ti: ni quien opera el relé, ni nosotros.',
    hint: 'Doce letras o más. Cuatro palabras sin relación son buenas.',
    again: 'La misma otra vez',
    differ: 'Las dos no son iguales.',
    button: 'Cerrar con esta frase',
  },
  unlock: {
    title: 'Cerrado',
    passphrase: 'Frase secreta',
    show: 'Mostrar lo que escribo',
    button: 'Abrir',
    working: 'Abriendo: unos segundos en un teléfono viejo.',
    forgotten:
      '¿La olvidaste? Nadie puede cambiarla. Borra este aparato abajo, y dos miembros que te encuentren te dejan entrar de nuevo.',
  },
  elsewhere: {
    title: 'Abierto en otra pestaña',
    text: 'Tocsin está abierto en otra pestaña o ventana de este navegador. Solo una puede tenerlo a la vez.',
    button: 'Usarlo aquí y cerrarlo allí',
  },
  vault: {
    damaged:
      'Lo guardado aquí está dañado y no se usa nada. Borra este aparato; dos miembros que te encuentren te dejan entrar de nuevo.',
    newer_version:
      'Un Tocsin más nuevo escribió lo que está guardado aquí. Carga la página otra vez; si no ayuda, avisa a quien opera el relé.',
  },
  storage: {
    text: 'Este navegador puede borrar lo que guarda cuando falta espacio. Entonces dos miembros tienen que encontrarte para dejarte entrar de nuevo.',
    ask: 'Pedirle que lo conserve',
  },
  home: {
    title: 'Tus comités',
    first: 'Todavía no estás en ningún comité en este aparato.',
    join: 'Alguien me invitó',
    joinHint: 'Alguien tiene que invitarte en persona. Te muestra un código o te da una línea de texto.',
    found: 'Empezar con una o dos personas',
    foundHint: '¿Conoces a alguien que está de acuerdo? Empieza, y luego invítale en persona.',
    open: 'Abrir',
    joining: 'En camino',
  },
  found: {
    title: 'Empezar un comité',
    name: '¿Cómo se va a llamar?',
    nameHint: 'Lo más seguro es una palabra neutra. La ven los miembros; quien opera el relé, no.',
    purpose: '¿Para qué?',
    handle: '¿Cómo te van a llamar los demás?',
    handleHint: 'No tu nombre legal. En otro lugar puedes usar otro.',
    relay: 'Dirección del relé',
    relayHint: 'La línea larga que te dio quien lo opera. Empieza con ws:// o wss://.',
    stage: '¿En qué punto están?',
    talk: 'Todavía estamos hablando',
    talkHint: 'Dos o tres personas. Con dos reuniones y un voto de todas se vuelve un comité.',
    agreed: 'Ya estamos de acuerdo',
    agreedHint: 'Es un comité desde ya.',
    old: 'Algunos tenemos teléfonos de antes de 2018',
    button: 'Empezar',
    foreign: (there, here) =>
      `Ese relé está en ${there}, y esta página viene de ${here}. Tu navegador solo deja que esta página hable con su propio relé: abre la página de aquel relé.`,
  },
  join: {
    title: 'Alguien me invitó',
    scan: 'Leer su código con la cámara',
    scanning: 'Sostén el teléfono de modo que se vea el código entero.',
    seen: 'Lo que ve la cámara',
    stopScan: 'Apagar la cámara',
    noCamera: 'No se puede usar la cámara: aquí no hay, o no se permitió. Pega abajo la línea.',
    link: 'La línea que te dieron',
    linkHint: 'Empieza con "tocsin:". Pégala entera.',
    handle: '¿Cómo te van a llamar los demás?',
    device: 'Esto hace de este aparato un teléfono más de un miembro. No pide nombre.',
    next: 'Seguir',
    waiting:
      'Esperando a la persona que te invitó. Deja esta página abierta y quédate con ella o al teléfono.',
    comparing: 'Léanse estas tres palabras en voz alta. Tienen que ser iguales en las dos pantallas.',
    same: 'Son iguales',
    differ: 'Son distintas',
    deciding:
      'Las palabras coincidieron. Ahora decide el comité; puede tardar un día. Puedes cerrar esta página y volver.',
    declined: 'No siguieron con esta invitación. Habla con esa persona cara a cara.',
    over: 'Quitar',
    trouble: {
      no_such_joining: 'Aquí ya no se sigue esta invitación.',
      expired: 'Esta invitación venció: pide otra.',
      offline: 'No se alcanza el relé. Sigue solo cuando vuelva la conexión.',
      relay_lied: 'El relé fue descubierto mintiendo. No sigas, y avisa a quien te dio esta invitación.',
      refused: 'El relé ya no acepta esta invitación: pide otra.',
    },
    aborted: {
      second_newcomer: 'Otra persona usó la misma invitación, así que terminó. Pide otra, en persona.',
      second_sponsor: 'Otra persona respondió a la misma invitación, así que terminó. Pide otra, en persona.',
      reveal_changed: 'Lo que llegó fue cambiado en el camino, así que la invitación terminó. Pide otra.',
      out_of_order: 'Los pasos llegaron en otro orden, así que la invitación terminó. Pide otra.',
      words_differ: 'Las palabras no coincidieron, así que la invitación terminó. Pide otra, en persona.',
      other_rules:
        'El comité usa reglas que esta versión no conoce. Actualiza Tocsin y pide otra invitación.',
    },
  },
  settings: {
    title: 'Este aparato',
    language: 'Idioma',
    size: 'Tamaño de las letras',
    lock: 'Cerrar después de',
    lockHint: 'sin tocarlo',
    now: 'Cerrar ahora',
    passphrase: 'Cambiar la frase secreta',
    before: 'La de ahora',
    after: 'La nueva',
    change: 'Cambiarla',
    changed: 'Cambiada.',
    erase: 'Quitar todo de este aparato',
    eraseWarning:
      'Si la policía ya tiene o exige este teléfono, borrar puede ser castigado. Pregunta a un abogado. Cortar un teléfono siempre nos está permitido.',
    eraseText:
      'Todo lo de Tocsin en este aparato desaparece. Dos miembros tienen que encontrarte para dejarte entrar de nuevo.',
    eraseSure: 'Sí, quitar todo',
    operator: 'Lo que puede ver y no ver quien opera el relé',
  },
}
