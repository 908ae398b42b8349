/** Every screen in Arabic: what it is and what is looked at stands in test/support/webScreens.ts. */
import t from 'tap'
import { tellScreens } from '../../support/webScreens.ts'

await tellScreens(t, 'ar')
