import type { Condition, Statement } from './document'

/**
 * Whether a statement speaks of an action, such as `sts:assumerole`, also by a wildcard or by leaving it out of
 * NotAction.
 */
export function coversAction({ actions, notAction }: Statement, action: string): boolean {
  return actions.some(pattern => matches(pattern, action)) !== notAction
}

/** Whether a pattern with the wildcards * and ? fits a text. Linear in its parts: a hostile pattern costs no time. */
export function matches(pattern: string, text: string): boolean {
  let at = 0
  let from = 0
  let star = -1
  let mark = 0
  while (from < text.length) {
    if (pattern[at] === '*') {
      star = at
      mark = from
      at += 1
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[from])) {
      at += 1
      from += 1
    } else if (star >= 0) {
      at = star + 1
      mark += 1
      from = mark
    } else return false
  }
  while (pattern[at] === '*') at += 1
  return at === pattern.length
}

const EQUALS = ['stringequals', 'stringequalsignorecase', 'arnequals']
const LIKE = ['stringlike', 'arnlike', 'arnequals']
const NEGATIVE = ['stringnotequals', 'stringnotequalsignorecase', 'stringnotlike', 'arnnotequals', 'arnnotlike']

/** Whether it names values that a key must have. */
export function isPositive({ operator }: Condition): boolean {
  return EQUALS.includes(operator) || LIKE.includes(operator)
}

/** Whether it names values that a key must not have. */
export function isNegative({ operator }: Condition): boolean {
  return NEGATIVE.includes(operator)
}

/** Whether its values are patterns. ArnEquals takes wildcards like ArnLike. */
export function takesWildcards({ operator }: Condition): boolean {
  return LIKE.includes(operator) || operator === 'stringnotlike' || operator.startsWith('arn')
}

/** Whether it also holds for a request without the key. ForAllValues does: an empty list has no value that differs. */
export function holdsWithoutKey({ set, ifExists }: Condition): boolean {
  return set === 'forallvalues' || ifExists
}

/** A value without the escapes `${*}`, `${?}` and `${$}`, which stand for the characters themselves. */
export function withoutEscapes(value: string): string {
  return value.replaceAll(/\$\{[*?$]\}/g, '_')
}

/** Whether a pattern matches more than one value. */
export function hasWildcard(value: string): boolean {
  return /[*?]/.test(withoutEscapes(value))
}
