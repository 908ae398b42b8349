/** The commands of "Decide together". */
import type { Family } from '../entry.ts'

const motionPages = () => import('../commands/motion.ts')
const motionSteps = () => import('../commands/motionSteps.ts')
const motionTexts = () => import('../commands/motionTexts.ts')
const motionVotes = () => import('../commands/motionVotes.ts')

export const deciding: Family = {
  title: 'Decide together',
  entries: [
    {
      name: 'motion list',
      summary: 'what we decide, and what waits for you; or --all',
      load: async () => (await motionPages()).motionList,
    },
    { name: 'motion show', summary: 'one of them whole', load: async () => (await motionPages()).motionShow },
    {
      name: 'motion start',
      summary: 'put something to the committee',
      load: async () => (await motionPages()).motionStart,
    },
    {
      name: 'motion second',
      summary: 'it should be talked about',
      load: async () => (await motionSteps()).motionSecond,
    },
    {
      name: 'motion change',
      summary: 'offer another text for a paragraph',
      load: async () => (await motionTexts()).motionChange,
    },
    {
      name: 'motion change-say',
      summary: 'take a change or not, or vote on it',
      load: async () => (await motionTexts()).motionChangeSay,
    },
    {
      name: 'motion candidate',
      summary: 'put somebody forward in an election',
      load: async () => (await motionTexts()).motionCandidate,
    },
    {
      name: 'motion stand-down',
      summary: 'you do not stand in an election',
      load: async () => (await motionSteps()).motionStandDown,
    },
    {
      name: 'motion fix',
      summary: 'the text stays as it is',
      load: async () => (await motionSteps()).motionFix,
    },
    {
      name: 'motion translate',
      summary: 'write it in another language',
      load: async () => (await motionTexts()).motionTranslate,
    },
    {
      name: 'motion checked',
      summary: 'a translation is right',
      load: async () => (await motionTexts()).motionChecked,
    },
    {
      name: 'motion waive',
      summary: 'you need no translation',
      load: async () => (await motionSteps()).motionWaive,
    },
    { name: 'motion open', summary: 'open the vote', load: async () => (await motionVotes()).motionOpen },
    {
      name: 'motion vote',
      summary: 'yes, no, not sure or block',
      load: async () => (await motionVotes()).motionVote,
    },
    {
      name: 'motion close',
      summary: 'the time to vote is over',
      load: async () => (await motionSteps()).motionClose,
    },
    {
      name: 'motion confirm',
      summary: 'you counted the same (a second member)',
      load: async () => (await motionSteps()).motionConfirm,
    },
    {
      name: 'motion extend',
      summary: 'too few have voted: let it go on, once',
      load: async () => (await motionSteps()).motionExtend,
    },
    {
      name: 'motion recount',
      summary: 'you doubt how it ended',
      load: async () => (await motionSteps()).motionRecount,
    },
    {
      name: 'motion withdraw',
      summary: 'take back your own',
      load: async () => (await motionSteps()).motionWithdraw,
    },
    {
      name: 'motion lapse',
      summary: 'it leads nowhere (several say so)',
      load: async () => (await motionSteps()).motionLapse,
    },
    { name: 'motion done', summary: 'what came of it', load: async () => (await motionVotes()).motionDone },
    {
      name: 'motion review',
      summary: 'look at it again',
      load: async () => (await motionVotes()).motionReview,
    },
    {
      name: 'approve',
      summary: 'what waits for you: who wants in or out, and words to compare',
      load: async () => (await import('../commands/approve.ts')).approve,
    },
    {
      name: 'decline',
      summary: 'say no to one of them',
      load: async () => (await import('../commands/approve.ts')).decline,
    },
    {
      name: 'propose-remove',
      summary: 'ask the others to put a member out',
      load: async () => (await import('../commands/proposeRemove.ts')).proposeRemove,
    },
    {
      name: 'charter show',
      summary: 'the rules you gave yourselves',
      load: async () => (await import('../commands/charter.ts')).charterShow,
    },
    {
      name: 'charter propose',
      summary: 'ask the others to change them',
      load: async () => (await import('../commands/charter.ts')).charterPropose,
    },
  ],
}
