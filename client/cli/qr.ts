/** An invite as a square that a phone's camera reads, in half blocks: two rows of it in one line of text. */
import encodeQR from 'qr'

/** Modules of white around it; scanners ask for four, and manage with two on a dark terminal that shows the border. */
const BORDER = 2

/** Dark on light whatever the terminal's colours are: light modules are drawn, dark ones are left out. */
export const qrLines = (text: string): readonly string[] => {
  const modules = encodeQR(text, 'raw', { ecc: 'low', border: BORDER })
  const lines: string[] = []
  for (let y = 0; y < modules.length; y += 2)
    lines.push(
      (modules[y] ?? []).map((isDark, x) => BLOCK[pair(!isDark, modules[y + 1]?.[x] === false)]).join(''),
    )
  return lines
}

const BLOCK = { both: '█', upper: '▀', lower: '▄', none: ' ' } as const

const pair = (isUpperLight: boolean, isLowerLight: boolean): keyof typeof BLOCK => {
  if (isUpperLight) return isLowerLight ? 'both' : 'upper'
  return isLowerLight ? 'lower' : 'none'
}
