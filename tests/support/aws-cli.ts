/** One program call of a shell line, as its words. */
export type Call = string[]

/** The calls in a line of a POSIX shell: parts of pipes and lists, and commands whose output is a part of a word. */
export function callsOf(line: string): Call[] {
  const calls: Call[] = []
  const end = readCalls(line, 0, calls)
  if (end < line.length) throw new Error(`Unbalanced: ${line}`)
  return calls
}

function readCalls(line: string, start: number, calls: Call[]): number {
  let words: string[] = []
  let word: string | null = null
  const endWord = () => {
    if (word !== null) words.push(word)
    word = null
  }
  const endCall = () => {
    endWord()
    const from = words.findIndex(each => !/^(for|in|do|done|\w+=.*)$/.test(each))
    if (words[0] !== 'for' && from >= 0) calls.push(words.slice(from))
    words = []
  }
  let at = start
  while (at < line.length) {
    const character = line.charAt(at)
    if (character === "'" || character === '"') {
      const close = line.indexOf(character, at + 1)
      if (close < 0) throw new Error(`Open quote: ${line}`)
      word = `${word ?? ''}${line.slice(at + 1, close)}`
      at = close + 1
    } else if (line.startsWith('$(', at)) {
      at = readCalls(line, at + 2, calls)
      if (line.charAt(at) !== ')') throw new Error(`Open parenthesis: ${line}`)
      word = `${word ?? ''}$`
      at += 1
    } else if (character === ')') break
    else if (character === ';' || character === '|') {
      endCall()
      at += 1
    } else if (/\s/.test(character)) {
      endWord()
      at += 1
    } else {
      word = `${word ?? ''}${character}`
      at += 1
    }
  }
  endCall()
  return at
}

interface Option {
  flag?: boolean
  enum?: string[]
  required?: boolean
}
export interface Operation {
  own?: boolean
  options: Record<string, Option>
}

/** https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html */
const GLOBAL = new Set(['region', 'query', 'output', 'profile'])

/** What is wrong with a call of the AWS CLI; empty if nothing is. */
export function problemsOfAws(call: Call, operations: Readonly<Record<string, Operation>>): string[] {
  const [, service, name, ...rest] = call
  const operation = operations[`${service} ${name}`]
  if (!operation) return [`unknown operation ${service} ${name}`]
  const problems: string[] = []
  const given = new Map<string, string[]>()
  let values: string[] | null = null
  for (const word of rest) {
    if (word.startsWith('--')) {
      values = []
      given.set(word.slice(2), values)
    } else if (values) values.push(word)
    else if (!operation.own) problems.push(`loose word ${word}`)
  }
  for (const [option, words] of given) problems.push(...problemsOfOption(option, words, operation))
  for (const [option, { required }] of Object.entries(operation.options)) {
    if (required && !given.has(option) && !given.has(`no-${option}`)) problems.push(`missing --${option}`)
  }
  return problems.map(problem => `${service} ${name}: ${problem}`)
}

function problemsOfOption(option: string, words: string[], { options, own }: Operation): string[] {
  if (GLOBAL.has(option)) return words.length === 1 ? [] : [`--${option} needs one value`]
  const known = options[option]
  const off = option.startsWith('no-') ? options[option.slice('no-'.length)] : undefined
  if (off?.flag) return words.length === 0 ? [] : [`--${option} takes no value`]
  if (!known) return [`unknown option --${option}`]
  if (known.flag) return words.length === 0 ? [] : [`--${option} takes no value`]
  if (words.length === 0 && !own) return [`--${option} needs a value`]
  const choices = known.enum
  // A shell variable or placeholder may hold any of them.
  const wrong = choices ? words.filter(word => !/[{$]/.test(word) && !choices.includes(word)) : []
  return wrong.map(word => `--${option} cannot be ${word}`)
}
