import { describe, expect, test } from 'vitest'
import english from '@/lib/domain/controls/text/titles.en.json'
import japanese from '@/lib/domain/controls/text/titles.ja.json'
import { canonicalTitle, controlsTitled, Titles, withCanonicalTitles } from '@/lib/domain/controls/titles'
import severities from '@/lib/domain/feeds/control-severity.json'
import { equivalence } from '@/lib/domain/identity/equivalence'
import { JAPANESE_TYPOGRAPHY, problemsOf, REFUSED_JAPANESE } from '../../support/wording'

const en = Titles.parse(english)
const ja = Titles.parse(japanese)

describe('the titles of controls', () => {
  test('exist in both languages, and none is empty', () => {
    expect(Object.keys(ja)).toEqual(Object.keys(en))
    expect([...Object.values(en), ...Object.values(ja)].filter(title => title.trim() === '')).toEqual([])
  })

  test('exist for every canonical control and for every control with a severity', () => {
    const ids = [...equivalence.controls.map(({ id }) => id), ...Object.keys(severities)]
    expect(ids.filter(id => canonicalTitle('ja', id) === null)).toEqual([])
    const lower = Object.keys(en).map(id => id.toLowerCase())
    expect(new Set(lower).size).toBe(lower.length)
  })

  test('are short sentences without a full stop, in the form of AWS', () => {
    // The words of AWS, so that only the Japanese ones follow the glossary of the product.
    const problems = Object.values(ja).flatMap(title =>
      problemsOf(title, [...REFUSED_JAPANESE, ...JAPANESE_TYPOGRAPHY]),
    )
    expect(problems).toEqual([])
    expect([...Object.values(en), ...Object.values(ja)].filter(title => /[.。]$/.test(title))).toEqual([])
    const forms = /(?:必要があります|必要です|ください|なりません|確認します|避けます|削除します)(?: \(PCI DSS\))?$/
    expect(Object.values(ja).filter(title => !forms.test(title))).toEqual([])
  })

  test('are found by control in any case, and replace the title of a tool', () => {
    expect(canonicalTitle('en', 'opensearch.1')).toBe('OpenSearch domains should have encryption at rest enabled')
    expect(canonicalTitle('en', 'my_own_check')).toBeNull()
    expect(canonicalTitle('en', 'constructor')).toBeNull()
    const rows = [
      { control: 'IAM.9', title: 'MFA on Root Account', id: 1 },
      { control: 'my_own_check', title: 'My check', id: 2 },
    ]
    expect(withCanonicalTitles('ja', rows)).toEqual([
      { control: 'IAM.9', title: 'ルートユーザーに対して MFA を有効にする必要があります', id: 1 },
      { control: 'my_own_check', title: 'My check', id: 2 },
    ])
  })

  test('are searched in both languages', () => {
    expect(controlsTitled('ルートユーザーに対して mfa')).toEqual(['IAM.9'])
    expect(controlsTitled('Hardware MFA')).toEqual(['IAM.6'])
    expect(controlsTitled('no such words')).toEqual([])
  })
})
