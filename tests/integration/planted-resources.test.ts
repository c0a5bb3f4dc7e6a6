import { afterAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import type { WrittenType } from '../../lib/domain/collection/resources/written-types'
import { getKey } from '../../lib/queries/access-keys/keys'
import { keyReplacement } from '../../lib/queries/access-keys/replacement'
import { accountContacts } from '../../lib/queries/accounts/contacts'
import { readingsOf } from '../../lib/queries/feeds/cells'
import { listPaidServices } from '../../lib/queries/feeds/paid-services'
import { getProtection } from '../../lib/queries/waf/protection'
import { confirmContacts } from '../../lib/store/accounts/contacts'
import { addKey } from '../support/access-keys'
import { addAsset, addCell } from '../support/connections'
import { accessFor, clear, ours } from '../support/organisation'

const admin = accessFor('admin')
const contact = { name: 'Aiko', email: 'aiko@example.com' }
const ISSUER = 'token.actions.githubusercontent.com'

/** What each of these readers would show. */
const resources: readonly (readonly [WrittenType, string, object])[] = [
  ['AWS::WAFv2::WebACL', 'acl', {}],
  ['AWS::Shield::Subscription', 'shield', { state: 'ACTIVE' }],
  ['AWS::Shield::Protection', 'protected', {}],
  ['AWS::FMS::Policy', 'policy', {}],
  ['AWS::CloudTrail::Trail', 'trail', {}],
  ['AWS::CloudWatch::Alarm', 'alarm', {}],
  ['AWS::KMS::Key', 'key', {}],
  ['AWS::Backup::BackupPlan', 'plan', {}],
  ['AWS::Account::Contacts', ours, { billing: contact, operations: contact, security: contact }],
  ['AWS::IAM::OIDCProvider', `arn:aws:iam::${ours}:oidc-provider/${ISSUER}`, { url: ISSUER, audiences: [] }],
]

beforeEach(async () => {
  await clear()
  await pool().query('TRUNCATE asset, coverage, access_key')
  await prisma().account.create({ data: { id: ours, name: 'ours', origin: 'registered' } })
  for (const collector of ['protection', 'waf', 'cloudtrail', 'metrics', 'kms', 'backup'])
    await addCell(ours, { collector })
})
afterAll(closeDatabase)

async function shown() {
  const id = await addKey(ours)
  const key = await getKey(admin, ours, id)
  const confirm = () =>
    confirmContacts(admin, { id: ours }).then(
      () => 'confirmed',
      ({ reason }) => reason,
    )
  return {
    services: (await listPaidServices(admin, readingsOf(admin))).filter(({ usedIn }) => usedIn).length,
    protection: await getProtection(admin),
    contacts: (await accountContacts(admin, ours)) !== null,
    confirmed: await confirm(),
    trusts: key.trusts,
    replacement: JSON.stringify(await keyReplacement(admin, key)),
  }
}

test.each([null, 'guardduty'])(
  'resources count where a collector that writes their type wrote them: %s',
  async planted => {
    const nothing = await shown()
    for (const [type, arn, data] of resources)
      await addAsset(ours, { type, arn, data: data as never, ...(planted && { collector: planted }) })
    const after = await shown()
    if (planted !== null) expect({ ...after, replacement: '' }).toEqual({ ...nothing, replacement: '' })
    else
      expect(after).toMatchObject({
        services: 7,
        protection: { subscribed: 1, protectedResources: 1, policies: 1 },
        contacts: true,
        confirmed: 'confirmed',
        trusts: ['github'],
      })
  },
)
