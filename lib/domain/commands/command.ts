import { PLACEHOLDERS } from './placeholders'

/**
 * Commands for a POSIX shell. A template contains placeholders such as {userName}, as a word or as a part of one; single
 * quotes protect text from being filled in.
 */
export interface Command {
  text: string
  /** Shell variables in place of values that the finding does not have; the reader sets them first. */
  unset: string[]
}

/** Known values by placeholder. */
export type CommandValues = Readonly<Record<string, string | undefined>>

/** A word of a shell: quoted texts, and characters other than blanks. */
const WORD = /(?:'[^']*'|[^\s'])+/g
const PLACEHOLDER = /\{([a-zA-Z]+)\}/g

/** The placeholders of a template, each once. */
export function placeholdersOf(template: string): string[] {
  const open = (template.match(WORD) ?? []).filter(word => !word.includes("'"))
  return [...new Set(open.flatMap(word => [...word.matchAll(PLACEHOLDER)].map(([, name = '']) => name)))]
}

/** The value of a placeholder, if it is known and has the form of such a value. */
function knownValue(name: string, values: CommandValues): string | null {
  const [value, form] = [values[name], PLACEHOLDERS[name]]
  return value !== undefined && form?.test(value) ? value : null
}

/** Whether every placeholder of a template has a value. */
export function isKnown(template: string, values: CommandValues): boolean {
  return placeholdersOf(template).every(name => knownValue(name, values) !== null)
}

/** Fills in a template. An unknown value becomes a shell variable: {userName} becomes "$USER_NAME". */
export function fillCommand(template: string, values: CommandValues): Command {
  const unset = new Set<string>()
  const text = template.replace(WORD, word => {
    if (word.includes("'") || !word.includes('{')) return word
    const parts: string[] = []
    let known = ''
    for (const piece of word.split(/(\{[a-zA-Z]+\})/)) {
      const name = /^\{([a-zA-Z]+)\}$/.exec(piece)?.[1]
      const value = name === undefined ? piece : knownValue(name, values)
      if (value !== null && !(name !== undefined && breaks(word, name, value))) known += value
      else {
        const variable = variableOf(name ?? '')
        unset.add(variable)
        parts.push(known === '' ? '' : quoted(known), `"$${variable}"`)
        known = ''
      }
    }
    return [...parts, known === '' ? '' : quoted(known)].join('')
  })
  return { text, unset: [...unset] }
}

/** In Key=Value lists of the AWS CLI, a comma or an equals sign in a value would begin the next key. */
function breaks(word: string, name: string, value: string): boolean {
  return word.includes(`={${name}}`) && /[,=]/.test(value)
}

function variableOf(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()
}

/** One word for a POSIX shell, in single quotes unless it is plain. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
