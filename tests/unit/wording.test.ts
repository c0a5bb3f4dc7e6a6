import { describe, expect, test } from 'vitest'
import { LITERAL, NUMBER, type Part, POUND, parseIcu, sentences, TAG } from '../support/messages'
import { nodesOf, parse, readSource, sourceFiles } from '../support/syntax'
import {
  CLAUSE_AS_SUBJECT,
  GLOSSARY,
  JAPANESE_TYPOGRAPHY,
  NAMES_OF_VALUES,
  problemsOf,
  REFUSED_ENGLISH,
  REFUSED_JAPANESE,
  type Refused,
} from '../support/wording'

/** A text as people see it, once for each of its choices: a number is 8, any other argument is {}. */
function shown(text: unknown): string[] {
  const parts = parseIcu(text)
  const choices = Math.max(1, ...parts.map(part => Object.keys(part.options ?? {}).length))
  return Array.from({ length: choices }, (_, choice) => render(parts, choice))
}

function render(parts: readonly Part[], choice: number): string {
  return parts.map(part => piece(part, choice)).join('')
}

function piece(part: Part, choice: number): string {
  if (part.type === LITERAL) return part.value
  if (part.type === NUMBER || part.type === POUND) return '8'
  if (part.type === TAG) return render(part.children ?? [], choice)
  const options = Object.values(part.options ?? {})
  const option = options[Math.min(choice, options.length - 1)]
  return option ? render(option.value, choice) : '{}'
}

function problemsIn(locale: 'en' | 'ja', refused: readonly Refused[]): string[] {
  return [...sentences[locale]].flatMap(([key, text]) =>
    [...new Set(shown(text).flatMap(each => problemsOf(each, refused)))].map(problem => `${key}: ${problem}`),
  )
}

/** Texts for people that code has: strings and templates of several words that begin with a capital letter. */
function textsOf(path: string): string[] {
  const texts: string[] = []
  for (const node of nodesOf(parse(path, readSource(path)))) {
    const quasis = node.type === 'TemplateLiteral' ? (node.quasis as { value: { cooked: string } }[]) : []
    const text = quasis.length > 0 ? quasis.map(part => part.value.cooked).join('{}') : node.value
    if (typeof text === 'string' && /^[A-Z]\w* \w/.test(text)) texts.push(text)
  }
  return texts
}

const written = sourceFiles('scripts/launch', 'scripts/hinomi', 'scripts/demo', 'lib/sources')

describe('English texts', () => {
  test('use none of the words that readers stumble over', () => {
    expect(problemsIn('en', REFUSED_ENGLISH)).toEqual([])
  })

  test('have no clause as their subject', () => {
    const found = [...sentences.en].filter(([, text]) => shown(text).some(each => CLAUSE_AS_SUBJECT.test(each)))
    expect(found).toEqual([])
  })

  test('have at most three words in the head of a column', () => {
    const heads = [...sentences.en].filter(([key]) => /\.columns\.\w+$/.test(key))
    expect(heads.filter(([, text]) => String(text).split(' ').length > 3)).toEqual([])
    expect(heads.length).toBeGreaterThan(20)
  })

  test('of the launcher, the commands, the demo and the sources use none of these words', () => {
    const texts = written.flatMap(path => textsOf(path).map(text => ({ path, text })))
    expect(
      texts.flatMap(({ path, text }) => problemsOf(text, REFUSED_ENGLISH).map(problem => `${path}: ${problem}`)),
    ).toEqual([])
    expect(texts.filter(({ text }) => CLAUSE_AS_SUBJECT.test(text))).toEqual([])
    expect(texts.length).toBeGreaterThan(200)
  })
})

/** The prose of a document, line by line: without code, addresses and the lines of a terminal. */
function proseOf(path: string): string[] {
  const text = readSource(path).replace(/^ *```[\s\S]*?^ *```$/gm, '')
  return text.split('\n').map(line => line.replace(/`[^`]*`/g, '').replace(/\]\([^)]*\)/g, ']'))
}

test.each(['README.md', 'docs/operations.md'])('%s uses none of these words', path => {
  expect(proseOf(path).flatMap(line => problemsOf(line, REFUSED_ENGLISH))).toEqual([])
})

test('README.ja.md uses none of the Japanese words', () => {
  expect(proseOf('README.ja.md').flatMap(line => problemsOf(line, REFUSED_JAPANESE))).toEqual([])
})

describe('Japanese texts', () => {
  test('use none of the words that readers misread', () => {
    expect(problemsIn('ja', REFUSED_JAPANESE)).toEqual([])
  })

  test('follow one rule for brackets, digits and spaces', () => {
    expect(problemsIn('ja', JAPANESE_TYPOGRAPHY)).toEqual([])
  })

  test('say 不合格 of a check and 失敗 only of an import', () => {
    expect(sentences.ja.get('result.failed')).toBe('不合格')
    expect(sentences.ja.get('imports.states.failed')).toBe('失敗')
  })

  test('have no space beside a name that may be Japanese; the style sheet sets it off where it is Latin', () => {
    const plain = /^(?:backup|check|cli|errors|keys|rejects|waf)\./
    const spaced =
      /[\p{sc=Han}\p{sc=Hiragana}] \{(?:file|name|team)\}(?! さん)|\{(?:file|name|team)\} (?!さん)[\p{sc=Hiragana}]/u
    const found = [...sentences.ja].filter(([key, text]) => !plain.test(key) && spaced.test(String(text)))
    expect(found).toEqual([])
  })
})

test.each(GLOSSARY)('$english and $japanese go together', ({ english, japanese, from }) => {
  const alone = [...sentences.en].flatMap(([key, text]) => {
    if (NAMES_OF_VALUES.includes(key)) return []
    const inEnglish = shown(text).some(each => english.test(each))
    const inJapanese = shown(sentences.ja.get(key)).some(each => japanese.test(each))
    const missing =
      (inEnglish && !inJapanese && from !== 'japanese') || (inJapanese && !inEnglish && from !== 'english')
    return missing ? [`${key}: ${text} / ${sentences.ja.get(key)}`] : []
  })
  expect(alone).toEqual([])
})

describe('the check of words', () => {
  test.each([
    'Take apart',
    'It is over already.',
    '8 findings became nobody’s',
    'One more statement of {}',
    'What is changed past Hinomi is found.',
    '{} blind',
  ])('refuses “%s”', text => {
    expect(problemsOf(text, REFUSED_ENGLISH)).not.toEqual([])
  })

  test.each([
    'What it covers leaves the work lists until it ends. Your name is shown.',
    'Saved. Who may sign in is listed below.',
  ])('refuses the clause in “%s”', text => {
    expect(CLAUSE_AS_SUBJECT.test(text)).toBe(true)
  })

  test.each(['8 件以上', '離脱済み', 'すべて拒否', '未確認'])('refuses %s', text => {
    expect(problemsOf(text, REFUSED_JAPANESE)).not.toEqual([])
  })

  test.each(['12桁', '無効です(理由)', '設定（任意）', '{}さん', 'ID(任意)', '8 %'])('refuses the form of %s', text => {
    expect(problemsOf(text, JAPANESE_TYPOGRAPHY)).not.toEqual([])
  })

  test.each(['12 桁 (任意) です。', '「{}」を引き受ける', '1% 未満', '(新しいタブで開きます)'])('takes %s', text => {
    expect(problemsOf(text, [...REFUSED_JAPANESE, ...JAPANESE_TYPOGRAPHY])).toEqual([])
  })

  test('sees every choice of a text', () => {
    expect(shown('{n, plural, =0 {none} other {# of {all}}}, <b>{who}</b>')).toEqual(['none, {}', '8 of {}, {}'])
  })
})
