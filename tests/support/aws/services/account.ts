import type * as Account from '@aws-sdk/client-account'
import type * as S3Control from '@aws-sdk/client-s3-control'
import { AwsError } from '../wire/aws-error'
import { type Handlers, pageOf } from './handler'

/** The Regions that a new account can use, and some that it must enable. https://docs.aws.amazon.com/global-infrastructure */
export const DEFAULT_REGIONS = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
] as const
const OPT_IN_REGIONS = ['af-south-1', 'ap-east-1', 'ap-southeast-3', 'eu-central-2', 'eu-south-1', 'me-central-1']
const PAGE = 50

export const account: Handlers<typeof Account, 'ListRegions' | 'GetContactInformation'> = {
  ListRegions({ AccountId, RegionOptStatusContains, NextToken, MaxResults = PAGE }, call) {
    const enabled = call.store.get('account.regions', { account: AccountId ?? call.account }) ?? call.regions
    const all = [...new Set([...DEFAULT_REGIONS, ...OPT_IN_REGIONS, ...enabled])].toSorted().map(RegionName => {
      const isDefault = (DEFAULT_REGIONS as readonly string[]).includes(RegionName)
      const on = isDefault ? ('ENABLED_BY_DEFAULT' as const) : ('ENABLED' as const)
      return { RegionName, RegionOptStatus: enabled.includes(RegionName) ? on : ('DISABLED' as const) }
    })
    const fitting = all.filter(
      one => !RegionOptStatusContains?.length || RegionOptStatusContains.includes(one.RegionOptStatus),
    )
    const { items, next } = pageOf(fitting, NextToken, MaxResults)
    return { Regions: items, NextToken: next }
  },
  GetContactInformation() {
    const address = { AddressLine1: '1 Example Street', City: 'Example', PostalCode: '100-0001', CountryCode: 'JP' }
    return { ContactInformation: { FullName: 'Example Operations', PhoneNumber: '+81300000000', ...address } }
  },
}

export const s3control: Handlers<typeof S3Control, 'GetPublicAccessBlock'> = {
  GetPublicAccessBlock(_, call) {
    const block = call.store.get('s3control.public-access-block', { account: call.account })
    if (block) return { PublicAccessBlockConfiguration: block }
    throw new AwsError(
      'NoSuchPublicAccessBlockConfiguration',
      'The public access block configuration was not found',
      404,
    )
  },
}
