import { expect, test } from 'vitest'
import {
  withCanonicalChanges,
  withCanonicalLabels,
  withCanonicalTitles,
} from '../../../lib/domain/controls/text/titles'
import { outcomeOf } from '../sources/support'

const finding = (more: Record<string, unknown>) => ({
  id: 'a1',
  resource: 'arn:aws:iam::123456789012:role/deploy',
  resourceType: 'AWS::IAM::Role',
  resourceOwnerAccount: '123456789012',
  analyzedAt: '2025-11-01T00:00:00Z',
  status: 'ACTIVE',
  ...more,
})

test.each([
  [{ isPublic: true }, 'Public access: role/deploy', 'パブリックアクセス: role/deploy'],
  [{ isPublic: false }, 'External access: role/deploy', '外部アクセス: role/deploy'],
  [{ findingType: 'UnusedIAMRole' }, 'Unused IAM Role: role/deploy', '未使用の IAM ロール: role/deploy'],
  [{ findingType: 'InternalAccess' }, 'Internal access: role/deploy', '内部アクセス: role/deploy'],
  [
    { findingType: 'UnusedIAMUserAccessKey' },
    'Unused IAM User Access Key: role/deploy',
    '未使用の IAM ユーザーのアクセスキー: role/deploy',
  ],
  [
    { findingType: 'UnusedIAMUserPassword' },
    'Unused IAM User Password: role/deploy',
    '未使用の IAM ユーザーのパスワード: role/deploy',
  ],
  [{ findingType: 'UnusedPermission' }, 'Unused Permission: role/deploy', '未使用のアクセス許可: role/deploy'],
])('a finding of Access Analyzer with %j is titled "%s"', (more, en, ja) => {
  const row = outcomeOf(finding(more))
  expect(withCanonicalTitles('en', [row])[0]?.title).toBe(en)
  expect(withCanonicalTitles('ja', [row])[0]?.title).toBe(ja)
})

test('one that names no resource is titled by its type', () => {
  expect(outcomeOf(finding({ resource: '', isPublic: true })).title).toBe('Public access: AWS::IAM::Role')
})

test('a group of them is named after what they have in common, not after one resource', () => {
  const group = [{ key: 'access-analyzer/ExternalAccess', label: 'External access: role/deploy' }]
  expect(withCanonicalLabels('en', group)[0]?.label).toBe('Public access / External access')
  expect(withCanonicalLabels('ja', group)[0]?.label).toBe('パブリックアクセス / 外部アクセス')
})

test('a change that raises a score has the title of its control in the language of the reader', () => {
  const changes = [
    { name: 'IAM.9', title: 'Root MFA', gain: 3 },
    { name: '', title: '', gain: 1 },
  ]
  expect(withCanonicalChanges('ja', changes)).toEqual([
    { name: 'IAM.9', title: 'ルートユーザーに対して MFA を有効にする必要があります', gain: 3 },
    { name: '', title: '', gain: 1 },
  ])
})
