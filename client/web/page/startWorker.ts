/** Starts the worker that holds the core. */
import { scriptUrl, WORKER } from './scriptUrl.ts'

export const startWorker = (): Worker => new Worker(scriptUrl(WORKER), { type: 'module', name: 'core' })
