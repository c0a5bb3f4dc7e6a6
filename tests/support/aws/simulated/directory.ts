import type * as Organizations from '@aws-sdk/client-organizations'
import { HOME } from '../emulator'
import { type Handlers, pageOf } from '../services/handler'
import type { Registry } from '../services/registry'
import { AwsError } from '../wire/aws-error'
import type { Size } from './simulated'

const PAGE = 20
const ROOT = 'r-sim0'
const UNITS = ['production', 'staging', 'development', 'sandbox'] as const

type Names =
  | 'DescribeOrganization'
  | 'DescribeAccount'
  | 'DescribeOrganizationalUnit'
  | 'ListRoots'
  | 'ListAccounts'
  | 'ListAccountsForParent'
  | 'ListOrganizationalUnitsForParent'
  | 'ListChildren'
  | 'ListTagsForResource'

/** The management account first, then the others. */
function accountIds({ accounts }: Pick<Size, 'accounts'>): string[] {
  return [HOME.account, ...Array.from({ length: accounts - 1 }, (_, n) => String(200_000_000_000 + n))]
}

/** AWS Organizations with four units under the root. */
export function simulatedDirectory(size: Size): Registry {
  const ids = accountIds(size)
  const all = ids.map((Id, n) => ({
    Id,
    Arn: `arn:aws:organizations::${HOME.account}:account/o-simulated00/${Id}`,
    Name: `account-${n}`,
    Email: `account-${n}@example.com`,
    Status: 'ACTIVE' as const,
    State: 'ACTIVE' as const,
    JoinedMethod: 'CREATED' as const,
    JoinedTimestamp: new Date('2024-04-01T00:00:00Z'),
  }))
  const units = UNITS.map((Name, n) => ({
    Id: `ou-sim0-0000000${n}`,
    Name,
    Arn: `arn:aws:organizations::${HOME.account}:ou/o-simulated00/ou-sim0-0000000${n}`,
  }))
  const unitOf = (id: string) => ids.indexOf(id) % UNITS.length
  const within = (parent: string | undefined) => all.filter(({ Id }) => units[unitOf(Id)]?.Id === parent)
  const organizations: Handlers<typeof Organizations, Names> = {
    DescribeOrganization() {
      return {
        Organization: {
          Id: 'o-simulated00',
          Arn: `arn:aws:organizations::${HOME.account}:organization/o-simulated00`,
          FeatureSet: 'ALL',
          MasterAccountId: HOME.account,
        },
      }
    },
    DescribeAccount({ AccountId }) {
      const Account = all.find(({ Id }) => Id === AccountId)
      if (!Account) throw new AwsError('AccountNotFoundException', `There is no account ${AccountId}.`)
      return { Account }
    },
    DescribeOrganizationalUnit({ OrganizationalUnitId }) {
      return { OrganizationalUnit: units.find(({ Id }) => Id === OrganizationalUnitId) }
    },
    ListRoots() {
      return {
        Roots: [{ Id: ROOT, Name: 'Root', Arn: `arn:aws:organizations::${HOME.account}:root/o-simulated00/${ROOT}` }],
      }
    },
    ListAccounts({ NextToken, MaxResults = PAGE }) {
      const { items, next } = pageOf(all, NextToken, MaxResults)
      return { Accounts: items, NextToken: next }
    },
    ListAccountsForParent({ ParentId, NextToken, MaxResults = PAGE }) {
      const { items, next } = pageOf(within(ParentId), NextToken, MaxResults)
      return { Accounts: items, NextToken: next }
    },
    ListOrganizationalUnitsForParent({ ParentId }) {
      return { OrganizationalUnits: ParentId === ROOT ? units : [] }
    },
    ListChildren({ ParentId, ChildType, NextToken, MaxResults = PAGE }) {
      const isAccounts = ChildType === 'ACCOUNT'
      const children: { Id: string }[] = isAccounts ? within(ParentId) : ParentId === ROOT ? units : []
      const { items, next } = pageOf(children, NextToken, MaxResults)
      return { Children: items.map(({ Id }) => ({ Id, Type: ChildType })), NextToken: next }
    },
    ListTagsForResource({ ResourceId = '' }) {
      const unit = UNITS[unitOf(ResourceId)]
      return { Tags: unit ? [{ Key: 'environment', Value: unit }] : [] }
    },
  }
  return { organizations }
}
