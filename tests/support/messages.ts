import { createRequire } from 'node:module'
import { withSourceNames } from '@/lib/locale'
import en from '@/messages/en.json'
import ja from '@/messages/ja.json'

/** Every text by its full key, such as findings.columns.title. */
function flat(messages: object, prefix = ''): Map<string, unknown> {
  return new Map(
    Object.entries(messages).flatMap(([key, value]): [string, unknown][] =>
      typeof value === 'object' && value !== null ? [...flat(value, `${prefix}${key}.`)] : [[`${prefix}${key}`, value]],
    ),
  )
}

export const sentences = { en: flat(withSourceNames(en, 'en')), ja: flat(withSourceNames(ja, 'ja')) }

// The parser of the library that renders the texts, so that both parse them in the same way.
const require = createRequire(import.meta.url)
const near = (of: string, what: string) => createRequire(createRequire(require.resolve(of)).resolve(what))
const { parse } = near('use-intl', 'intl-messageformat')('@formatjs/icu-messageformat-parser')

/** A piece of a parsed text. */
export interface Part {
  type: number
  value: string
  options?: Record<string, { value: Part[] }>
  children?: Part[]
}

/** Kinds of pieces: https://formatjs.github.io/docs/icu-messageformat-parser */
export const LITERAL = 0
export const NUMBER = 2
export const SELECT = 5
export const POUND = 7
export const TAG = 8

/** The pieces of a text in ICU syntax. */
export const parseIcu = (text: unknown): Part[] => parse(String(text))
