/**
 * What the launcher says to a person. Always on stderr, so that a command's own output stays clean.
 * @param {string} text
 */
export function say(text) {
  process.stderr.write(`hinomi │ ${text}\n`)
}

/** A failure that a person can act on: shown as its message alone, without a stack. */
export class LaunchError extends Error {}

/**
 * Runs a script's main function and ends the process with its exit code.
 * @param {() => Promise<number | undefined>} main
 */
export async function runMain(main) {
  // A closed terminal must not stop the clean-up: without a listener, a failed write would end the process.
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
  try {
    requireNode()
    process.exitCode = (await main()) ?? 0
  } catch (error) {
    process.exitCode = 1
    if (error instanceof LaunchError) say(`Error: ${error.message}`)
    else console.error(error)
  }
  process.exit()
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  throw new LaunchError(`Hinomi needs Node.js 20.19 or newer; this is ${process.versions.node}.`)
}
