/** What a page may have said. Not here: how it is checked at the door (asked.ts). */
import type { AssemblyType } from '../../core/committee/assemblyContent.ts'
import type { CityType } from '../../core/committee/cityContent.ts'
import type { KnownContent } from '../../core/committee/content.ts'

/** What a delegate says for its committee. */
type OfDelegates = 'cardWelcome' | 'assemblyItem' | 'itemAnswer' | 'itemClose'

/** What `say` takes: motions go by `decide`, and files by a way of their own. */
export type Sayable = Exclude<
  KnownContent,
  {
    readonly type:
      | 'file'
      | 'partWays'
      | 'recallDue'
      | `check${string}`
      | 'calls'
      | 'alarmReach'
      | 'met'
      | 'wordsCompared'
      | 'runs'
      | 'ticket'
      | `motion${string}`
      | CityType
      | Exclude<AssemblyType, OfDelegates>
  }
>
