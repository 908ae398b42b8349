/** The whole story on three slow phones (test/support/threePhones.ts), with TOCSIN_TEST_FULL=1: it burns a processor for minutes. */
import t from 'tap'
import { IS_FULL } from '../../faults/rounds.ts'

if (IS_FULL) await import('../../support/threePhones.ts')
else t.plan(0, 'only with TOCSIN_TEST_FULL=1')
