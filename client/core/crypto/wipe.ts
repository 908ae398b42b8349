/** Overwriting secrets that are over. JavaScript may have copied them; this shortens their life, no more. */

/** Zeros in place. Only for bytes that no other value still refers to. */
export const wipe = (...secrets: readonly Uint8Array[]): void => {
  for (const secret of secrets) secret.fill(0)
}
