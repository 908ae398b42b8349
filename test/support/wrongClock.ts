/**
 * The clock of one program, set wrong: a small library that is loaded before all others adds to what the system says, as much as stands in a file, so that it can be
 * changed while the program runs. Clocks that only count on are left alone. Needs a C compiler.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const LIBRARY = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static const volatile int64_t none;
static const volatile int64_t *ahead = &none;
static int (*system_clock)(clockid_t, struct timespec *);

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("TOCSIN_TEST_CLOCK");
  int file = path ? open(path, O_RDONLY) : -1;
  if (file < 0) return;
  void *mapped = mmap(0, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
  if (mapped != MAP_FAILED) ahead = mapped;
}
int clock_gettime(clockid_t clock, struct timespec *now) {
  if (!system_clock) system_clock = dlsym(RTLD_NEXT, "clock_gettime");
  int result = system_clock(clock, now);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec += *ahead;
  return result;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec at;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &at);
  now->tv_sec = at.tv_sec;
  now->tv_usec = at.tv_nsec / 1000;
  return 0;
}
time_t time(time_t *now) {
  struct timespec at;
  clock_gettime(CLOCK_REALTIME, &at);
  if (now) *now = at.tv_sec;
  return at.tv_sec;
}
`

export type WrongClock = {
  /** For the program that is to have it. */
  readonly env: Readonly<Record<string, string>>
  /** By how many days it is ahead from now on; below 0 it is behind. */
  readonly set: (days: number) => void
}

/** Undefined where there is no C compiler. */
export const newWrongClock = (folder: string): WrongClock | undefined => {
  const [source, library, file] = ['clock.c', 'clock.so', 'clock'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(source, LIBRARY)
  const compiled = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'])
  if (compiled.status !== 0) return undefined
  const set = (days: number): void => {
    const seconds = Buffer.alloc(8)
    seconds.writeBigInt64LE(BigInt(Math.round(days * 86_400)))
    writeFileSync(file, seconds, { flag: 'r+' })
  }
  writeFileSync(file, Buffer.alloc(8))
  return { env: { LD_PRELOAD: library, TOCSIN_TEST_CLOCK: file }, set }
}
