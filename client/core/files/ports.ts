/**
 * Where a file comes from and where it goes. Backends: client/cli/files, the browser's own files. Nobody holds more than a few parts in memory. Not here: what
 * the bytes are at the relay (parts.ts).
 */

/** Something to send. `place` is what its backend finds it by another day; it is stored in the vault and nowhere else. */
export type Source = {
  readonly place: string
  /** Bytes. */
  readonly size: number
  /** Exactly these bytes, or undefined if they cannot be had. */
  readonly read: (offset: number, length: number) => Promise<Uint8Array | undefined>
}

/** no_space: the disk is full. unwritable: it cannot be written for another reason. exists: something has the name already. */
export type SinkFailure = 'no_space' | 'unwritable' | 'exists'

/** Something unfinished, in the place where the file will be. `place` as above. */
export type Sink = {
  readonly place: string
  /** What was written there before, perhaps by another process; undefined if it cannot be had. */
  readonly read: (offset: number, length: number) => Promise<Uint8Array | undefined>
  /** Durable when it resolves. From offset 0 on, whatever was there before is gone. */
  readonly write: (offset: number, bytes: Uint8Array) => Promise<SinkFailure | undefined>
  /** It is whole and checked: it gets its name now, and not before. */
  readonly finish: () => Promise<SinkFailure | undefined>
}
