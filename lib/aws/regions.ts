import 'server-only'
import type { CellCalls } from './collect/collector'
import { itemsOf } from './collect/paging'
import { AwsFailure } from './failure'

/** The Regions of an account by name. Which are enabled differs between accounts. */
export interface Regions {
  readonly enabled: string[]
  readonly disabled: string[]
}

interface Region {
  readonly name: string
  readonly isEnabled: boolean
}

const MAX_RESULTS = 50

/** Asks the account, or EC2 where the role may not ask the account or the partition has no such operation. */
export async function listRegions(calls: CellCalls): Promise<Regions> {
  const found = await regionsOfAccount(calls).catch((error: unknown) => {
    if (error instanceof AwsFailure && ['permission', 'request', 'service_not_offered'].includes(error.reason)) {
      return regionsOfEc2(calls)
    }
    throw error
  })
  const names = (isEnabled: boolean) => found.filter(each => each.isEnabled === isEnabled).map(({ name }) => name)
  return { enabled: names(true).sort(), disabled: names(false).sort() }
}

/** https://docs.aws.amazon.com/accounts/latest/reference/API_Region.html */
async function regionsOfAccount(calls: CellCalls): Promise<Region[]> {
  const input = { MaxResults: MAX_RESULTS }
  const regions = await itemsOf(
    calls,
    'account:ListRegions',
    input,
    { at: NextToken => ({ ...input, NextToken }), next: answer => answer.NextToken },
    answer => answer.Regions,
  )
  return regions.flatMap(({ RegionName: name, RegionOptStatus: status = '' }) =>
    name === undefined ? [] : [{ name, isEnabled: status.startsWith('ENABLED') || status === 'DISABLING' }],
  )
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Region.html */
async function regionsOfEc2(calls: CellCalls): Promise<Region[]> {
  const { Regions } = await calls.call('ec2:DescribeRegions', { AllRegions: true })
  return (Regions ?? []).flatMap(({ RegionName: name, OptInStatus }) =>
    name === undefined ? [] : [{ name, isEnabled: OptInStatus !== 'not-opted-in' }],
  )
}
