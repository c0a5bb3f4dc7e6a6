import 'server-only'
import type { WrittenType } from '../../../domain/collection/resources/written-types'
import { AwsFailure } from '../../failure'
import type { CellCalls, Collector, Page } from '../collector'
import { accountArn, inventoryOf } from '../inventory'
import {
  accessAnalyzer,
  config,
  guardDuty,
  inspector,
  macie,
  type ReadSettings,
  securityHub,
} from './security-services'

const services: readonly (readonly [type: WrittenType, read: ReadSettings])[] = [
  ['AWS::AccessAnalyzer::AccountSettings', accessAnalyzer],
  ['AWS::Config::AccountSettings', config],
  ['AWS::GuardDuty::AccountSettings', guardDuty],
  ['AWS::InspectorV2::AccountSettings', inspector],
  ['AWS::Macie::AccountSettings', macie],
  ['AWS::SecurityHub::AccountSettings', securityHub],
]

/**
 * How the security services of a Region are set up. A service that is not enabled, or that the Region does not have, is
 * a record that says so. Organizations often deny services that they do not use: the others are read, and the cell is
 * denied at the end.
 */
export const securityServices: Collector = { id: 'services', collect }

async function* collect(calls: CellCalls): AsyncGenerator<Page> {
  const read = await Promise.all(
    services.map(async ([type, settings]) => ({ type, ...(await stateOf(calls, settings)) })),
  )
  const { account: name, region } = calls
  const arn = accountArn(calls)
  yield { records: read.map(({ type, data }) => inventoryOf(calls, { type, arn, name, region, data })), next: null }
  const denied = read.find(({ failure }) => failure !== null)?.failure
  if (denied) throw denied
}

interface ServiceState {
  readonly data: Record<string, unknown>
  readonly failure: AwsFailure | null
}

const NOT_ENABLED = 'ResourceNotFoundException'

async function stateOf(calls: CellCalls, settings: ReadSettings): Promise<ServiceState> {
  try {
    const data = await settings(calls)
    return { data: data ? { state: 'enabled', ...data } : { state: 'disabled' }, failure: null }
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    if (error.reason === 'service_disabled' || error.code === NOT_ENABLED)
      return { data: { state: 'disabled' }, failure: null }
    if (error.reason === 'service_not_offered') return { data: { state: 'not_offered' }, failure: null }
    if (error.state !== 'denied' || error.operation === 'sts:AssumeRole') throw error
    return { data: { state: 'denied', action: error.action }, failure: error }
  }
}
