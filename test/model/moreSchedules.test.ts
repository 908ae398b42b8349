/** The second half of the schedules (schedules.test.ts): two processes, because a schedule needs a core for itself. */
import t from 'tap'
import { exploreAs } from './explore.ts'

exploreAs(t, 'second')
