#!/usr/bin/env node
// Starts the relay's program from a checkout, in whatever folder it is called.
import { fileURLToPath } from 'node:url'
import { register } from 'tsx/esm/api'

register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) })
await import('./main.ts')
