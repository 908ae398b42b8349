/**
 * Invariants I1 to I17 of protocol.md section 9 under random schedules of real clients with real MLS, an adversary that owns up to half of
 * the seats less one, and a scheduler that serves it. The three other files of schedules run beside it: a schedule needs a core for itself.
 */
import t from 'tap'
import { exploreAs } from './explore.ts'

exploreAs(t, 0)
