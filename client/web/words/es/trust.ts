/** Spanish: words/en/trust.ts. */
import type { LaterWords } from '../later/en.ts'
import { formatsOf } from '../plural.ts'

const { plural } = formatsOf('es')

export const trust: LaterWords['trust'] = {
  title: 'Este programa',
  release: 'Versión',
  id: 'Su número. Es el mismo en los teléfonos de los demás.',
  kept: 'Está guardado en este dispositivo. Lo que el servidor envíe después no cambia nada hasta que tú lo digas.',
  passing:
    'No está guardado en este dispositivo: cada vez, el servidor podría enviar otra cosa. Ayudan un navegador al día, una dirección con https y no usar una ventana privada.',
  signedBy: 'Firmado por quienes hacen Tocsin.',
  unsigned: 'Nadie lo ha firmado. Compara el número con otra persona del comité antes de confiar.',
  others: {
    same: (n: number): string =>
      plural(n, {
        one: 'Otro dispositivo dice que tiene la misma versión.',
        other: '# dispositivos más dicen que tienen la misma versión.',
      }),
    different: (n: number): string =>
      plural(n, {
        one: 'Un dispositivo dice que tiene otra versión:',
        other: '# dispositivos dicen que tienen otra versión:',
      }),
    changed: (names: string) =>
      `El servidor ha enviado otro guardián de este programa al teléfono de ${names}. Habla con esas personas antes de escribir nada.`,
    none: 'Ningún otro dispositivo ha dicho todavía qué versión tiene.',
  },
  offer: {
    title: 'Hay otra versión',
    text: 'La ofrece el servidor. La tuya sigue funcionando sin ella.',
    compare: 'Pregunta a alguien que sepa, o compara antes este número con otra persona del comité.',
    take: 'Usarla',
    really: '¿Usar esta versión desde ahora?',
  },
  refused: {
    malformed: 'Lo que ofrece el servidor no es una versión. La tuya se queda.',
    too_few_signatures:
      'No la han firmado suficientes de quienes hacen Tocsin. La tuya se queda. Díselo a los demás.',
    not_a_successor: 'No sigue a la versión que tienes. La tuya se queda. Díselo a los demás.',
    other_files:
      'Lo que envió el servidor no es lo que dice la versión, o se cortó la conexión. La tuya se queda.',
  },
  alarm: {
    title: 'El servidor ha cambiado lo que protege este programa',
    text: 'Tocsin está bloqueado. Puede que alguien intente enviarte un programa que lee lo que escribes. También puede ser un cambio honrado.',
    first: 'No escribas ahora tu contraseña. Habla con los demás en persona o por teléfono.',
    look: 'Alguien con un ordenador puede mirarlo: npx tocsin verify, y la dirección de esta página.',
    told: 'El comité ya lo sabe.',
    untold: 'Desde aquí no se pudo avisar al comité: avísales tú.',
    settle: 'Lo hemos mirado y está bien',
  },
}
