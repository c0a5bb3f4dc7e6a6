/**
 * Prints a message of the launcher. Always on stderr, so that standard output contains only the output of the command.
 * @param {string} text
 */
export function say(text) {
  process.stderr.write(`hinomi │ ${text}\n`)
}

/** A failure that a person can fix: only its message is shown, without a stack. */
export class LaunchError extends Error {}

/** The errors of https://nodejs.org/api/errors.html#common-system-errors that a person can fix. */
const FILE_PROBLEMS = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EROFS', 'the file system is read-only'],
  ['EACCES', 'this user is not allowed to read or write it'],
  ['EPERM', 'it belongs to another user'],
  ['ENOTDIR', 'part of the path is a file'],
  ['EEXIST', 'a file with that name exists'],
  ['ENAMETOOLONG', 'its path is too long'],
  ['EIO', 'the disk reports an error'],
])

/**
 * The problem with a file or folder, without its name.
 * @param {unknown} error of node:fs
 */
export function fileProblem(error) {
  const { code = '', message } = /** @type {NodeJS.ErrnoException} */ (error)
  return FILE_PROBLEMS.get(code) ?? message
}

/**
 * The failure as a sentence; null if only its stack explains it.
 * @param {unknown} error
 */
export function sentenceOf(error) {
  if (error instanceof LaunchError) return error.message
  const { code = '', path, syscall } = /** @type {NodeJS.ErrnoException} */ (error ?? {})
  if (!syscall || !path || !FILE_PROBLEMS.has(code)) return null
  return `${path} cannot be used: ${fileProblem(error)}.`
}

/**
 * Runs a script's main function and ends the process with its exit code.
 * @param {() => Promise<number | undefined>} main
 */
export async function runMain(main) {
  // A closed terminal must not stop the cleanup: without a listener, a failed write would end the process.
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
  try {
    requireNode()
    process.exitCode = (await main()) ?? 0
  } catch (error) {
    process.exitCode = 1
    const sentence = sentenceOf(error)
    if (sentence) say(`Error: ${sentence}`)
    else console.error(error)
  }
  process.exit()
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  throw new LaunchError(`Hinomi needs Node.js 20.19 or newer; this is ${process.versions.node}.`)
}
