/** The second part of the schedules (schedules.test.ts). */
import t from 'tap'
import { exploreAs } from './explore.ts'

exploreAs(t, 1)
