import { describe, expect, test } from 'vitest'
import { guessColumns } from '../../../lib/domain/imports/csv-columns'

describe('columns are guessed', () => {
  test('from the column names of tools and spreadsheets, in both languages', () => {
    expect(guessColumns(['Account ID', 'RESOURCE_ARN', 'Rule', 'Risk level', 'Note'])).toEqual({
      account: 'Account ID',
      resource: 'RESOURCE_ARN',
      control: 'Rule',
      severity: 'Risk level',
    })
    expect(guessColumns(['アカウント ID', 'リソース', 'ルール', '重要度', '検出日時'])).toEqual({
      account: 'アカウント ID',
      resource: 'リソース',
      control: 'ルール',
      severity: '重要度',
      date: '検出日時',
    })
  })

  test('once each, and not from ambiguous names', () => {
    expect(guessColumns(['ARN', 'Resource ID', 'A', 'B'])).toEqual({ resource: 'Resource ID' })
    expect(guessColumns([])).toEqual({})
  })
})
