/** Spanish: the bell that wakes a phone on which Tocsin is closed. */
import type { LaterWords } from '../later/en.ts'
import { isolated } from '../plural.ts'

export const bell: LaterWords['bell'] = {
  title: 'La campana',
  text: 'Una campana despierta este teléfono mientras Tocsin está cerrado. Al sonar muestra unas palabras que no dicen nada; lo que pasó lo lees después de abrir.',
  sees: 'Quien lleva la campana ve que este teléfono la usa y cuándo y desde qué dirección de Internet se da una alarma, no quién ni cuál. Apple, Google o Mozilla ven que este teléfono suena. El servidor no ve nada de eso.',
  address: 'La dirección de la campana',
  addressHint: 'La línea larga que recibió tu ciudad. Enséñala solo a miembros.',
  when: '¿Cuándo puede sonar aquí?',
  rings: {
    rounds: {
      text: 'Por alarmas, y de vez en cuando',
      hint: 'Cada media hora más o menos, para todos. Así un aviso no dice nada. Lo mejor si la batería lo permite.',
    },
    alarms: { text: 'Solo por alarmas', hint: 'Por cada alarma urgente de todos los que usan esta campana.' },
    others: { text: 'Aquí no', hint: 'Las alarmas de este teléfono hacen sonar los de los demás.' },
  },
  turnOn: 'Encender la campana',
  on: (host) => `Encendida, en ${isolated(host)}.`,
  off: 'Apagar la campana',
  show: 'Qué muestra al sonar',
  shows: { reminder: 'Recordatorio', shift: 'Nota de turno', calendar: 'Calendario' },
  ticket: 'Que suene solo por este comité',
  ticketWarning:
    'Apple, Google o Mozilla, y quien lleva la campana, ven entonces qué teléfonos suenan juntos: que este y los de los demás van juntos. Con los avisos para todos no lo ven.',
  ticketSure: 'Lo sé. Que suene',
  ticketOn: 'Los miembros de este comité pueden hacer sonar solo este teléfono.',
  ticketOff: 'Ya no',
  denied: 'El navegador no deja mostrar nada: permite los avisos de esta página y prueba de nuevo.',
  impossible:
    'Este navegador no puede sonar. En un iPhone, pon antes Tocsin en la pantalla de inicio. Puedes elegir «Aquí no».',
  old: 'La campana ya no acepta nada de esta dirección: pide la nueva, apágala aquí y enciéndela otra vez.',
  owed: 'Se dio una alarma aquí y aún no se ha llegado a la campana: llama a la gente.',
  forbidden: 'Las reglas de esta página no la dejan ir a esta campana: pide una página hecha para ella.',
  noted: 'Anotado.',
}
