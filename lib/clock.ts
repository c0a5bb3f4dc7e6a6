let read = () => new Date()

/** The present instant. Everything that stores or compares time asks here, so that a demo or a test can fix it. */
export function now(): Date {
  return read()
}

/** Replaces the clock, for generated histories and tests; no argument gives the real one back. */
export function setClock(clock: () => Date = () => new Date()): void {
  read = clock
}
