/** The rules without which the schedules must fail (protocol.md section 9: six, and I15), each switched off where the client has it. */
import type { Mutant } from './mutants.ts'

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'VOID',
    plot: 'split',
    seed: 2,
    replacements: [
      {
        file: 'client/core/governance/fold.ts',
        text: 'if (2 * voids.length <= current.electorate.length)',
        by: 'if (voids.length >= 0)',
      },
    ],
    breaks: ['I4'],
  },
  {
    name: 'RESYNC',
    plot: 'split',
    seed: 1,
    replacements: [
      {
        file: 'client/core/session/upkeep.ts',
        text: "if (resync) return { act: { type: 'resync', request: resync.request }, keyPackage: resync.keyPackage }",
        by: 'if (resync) return undefined',
      },
    ],
    breaks: ['I4'],
  },
  {
    name: 'escalation',
    plot: 'split',
    seed: 8,
    replacements: [
      {
        file: 'client/core/session/standingTrouble.ts',
        text: '[...(votes.isVotable ? [targetOf(at)] : []), ...votes.older]',
        by: '[...(votes.isVotable ? [targetOf(at)] : [])]',
      },
    ],
    breaks: ['I4'],
  },
  {
    name: 'V5',
    plot: 'openDoor',
    seed: 30,
    replacements: [
      {
        file: 'client/core/governance/validity.ts',
        text: 'if (isPathWanted !== seen.hasPath)',
        by: 'if (!isPathWanted && seen.hasPath)',
      },
      {
        file: 'client/core/mls/examine.ts',
        text: '(needsUpdatePath && path === undefined)',
        by: 'needsUpdatePath === undefined',
      },
    ],
    breaks: ['I14'],
  },
  {
    name: 'V6',
    plot: 'starve',
    seed: 1,
    replacements: [
      {
        file: 'client/core/governance/validity.ts',
        text: 'arrived < twoThirds(electorate.length)',
        by: 'arrived < 0',
      },
    ],
    breaks: ['I5'],
  },
  {
    name: 'withholding',
    plot: 'starve',
    seed: 1,
    replacements: [
      {
        file: 'client/core/session/hello.ts',
        text: 'const isWithheld = epoch.info.openedUnasked && carriedMotions(line).length > 0',
        by: 'const isWithheld = carriedMotions(line).length < 0',
      },
    ],
    breaks: ['I5'],
  },
  {
    name: 'silence in a Welcome about the epoch before',
    plot: 'letIn',
    seed: 1,
    replacements: [
      {
        file: 'client/core/session/welcomes.ts',
        text: '    parent: info.parent,\n',
        by: '    parent: { ...info.parent, chain: book.epochs().at(-2)?.info.logSeeds[0]?.slice(32) ?? info.parent.chain },\n',
      },
    ],
    breaks: ['I15'],
  },
]
