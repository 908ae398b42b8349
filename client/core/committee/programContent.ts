/** What a device says about the program that it runs, for the others to compare. Not here: what a release is (shared/release). */
import * as v from 'valibot'

/** The id of a release of the web client: SHA-256 in lower-case hex. */
const release = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))

/** "This phone runs that release." Said by the device itself, again when it is another one. `isLoaderChanged`: the server has sent it another loader. */
const runs = v.object({ type: v.literal('runs'), release, isLoaderChanged: v.boolean() })

export const programSchemas = { runs }
