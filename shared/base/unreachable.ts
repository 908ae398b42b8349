/** The end of a switch over a closed union: a new member does not compile until it has a case. */
export const unreachable = (value: never): never => {
  throw new Error(`unreachable: ${typeof value}`)
}
