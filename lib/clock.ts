let read = () => new Date()

/** The current time. All code that stores or compares times uses it, so that a demo or a test can set it. */
export function now(): Date {
  return read()
}

/** Replaces the clock, for generated histories and tests; without an argument it restores the real one. */
export function setClock(clock: () => Date = () => new Date()): void {
  read = clock
}
