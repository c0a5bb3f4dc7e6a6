import { expect } from 'vitest'
import { ledgerOf } from '../../../lib/domain/access-keys/ledger'
import { AccountId } from '../../../lib/domain/accounts/account-id'
import { checks } from '../../../lib/domain/checks/checks'
import { evaluate } from '../../../lib/domain/checks/evaluate'
import { InventoryLine } from '../../../lib/domain/collection/lines'
import { collectedPages } from '../../support/aws/collecting'
import { HOME } from '../../support/aws/emulator'
import { createIdentities } from '../../support/aws/organisation/identities'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'
import { inventoryWith } from '../../support/inventory'

const { account } = HOME

stopAtEnd()

test('what IAM answers becomes a ledger of keys, and findings about trust', { timeout: START_MS }, async ({
  emulator,
}) => {
  await createIdentities(emulator, account, true)
  const pages = await collectedPages(emulator, 'iam', { region: 'us-east-1' })
  const lines = pages.flatMap(page => page.records).map(record => InventoryLine.parse(record))
  expect(ledgerOf(lines)).toMatchObject([
    {
      userName: 'github-actions-deploy',
      active: true,
      createdAt: new Date('2023-05-10T00:00:00Z'),
      lastUsed: { at: new Date('2026-11-25T04:00:00Z'), service: 'ecs', region: 'ap-northeast-1' },
      score: 70,
      use: 'pipeline',
      system: 'github',
    },
  ])
  const at = new Date('2026-11-27T00:00:00Z')
  const inventory = inventoryWith({
    account: { id: AccountId.parse(account), name: '', environment: null, tags: {} },
    now: at,
    ownAccounts: new Set([account]),
    resources: type =>
      lines.filter(line => line.type === type).map(line => ({ ...line, firstSeenAt: at, changedAt: at })),
    cell: () => ({ state: 'ok', complete: true, action: null }),
  })
  const own = checks.filter(({ needs }) => needs.every(collector => collector === 'iam'))
  const failed = evaluate(inventory, own).records.filter(({ result }) => result === 'failed')
  expect(failed.map(({ check, resource }) => `${check} ${resource.id.replace(/^.*[:/]/, '')}`).sort()).toEqual(
    expect.arrayContaining([
      'oidc-no-audience GitHubDeploy',
      'oidc-whole-organization GitHubDeploy',
      expect.stringMatching(/^pipeline-key AKIA/),
      'trust-no-external-id VendorMonitoring',
    ]),
  )
})
