import 'server-only'
import type { Access } from '../../access/proof'
import { processAws } from '../../aws/connection'
import { AwsFailure, toFailure } from '../../aws/failure'
import { getIdentity, type Identity } from '../../aws/identity'
import { globalRegionOf } from '../../aws/partition'
import { testConnection as runTest } from '../../aws/test-connection'
import type { ConnectionById } from '../../domain/collection/connection'
import type { ConnectionTestStep } from '../../domain/collection/connection-test'
import type { Failure } from '../../domain/collection/failure'
import { getConnection } from '../../queries/collection/connections'
import { writeBackTarget } from '../../queries/write-back/target'
import { externalIdOf } from '../../store/collection/connections'

/** How long a page waits for AWS, and a test at most. */
const IDENTITY_MS = 8_000
const TEST_MS = 90_000

export type CallerIdentity = { identity: Identity; failure: null } | { identity: null; failure: Failure }

/** The principal whose credentials this server has, or why it has none. */
export async function callerIdentity(
  _access: Access<'connections:manage'>,
  partition: string,
): Promise<CallerIdentity> {
  const signal = AbortSignal.timeout(IDENTITY_MS)
  try {
    const calls = processAws().asSelf('self', { region: globalRegionOf(partition), signal })
    return { identity: await getIdentity(calls), failure: null }
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    return { identity: null, failure: toFailure(error) }
  }
}

/** The Region in which the stacks of a connection are created. */
export function stackRegion(partition: string): string {
  return globalRegionOf(partition)
}

/**
 * Tests a connection: its steps, each as it ends. Throws NotFoundError, and `conflict` as externalIdOf does, before the
 * first one.
 */
export async function testConnection(
  access: Access<'connections:manage' | 'accounts:manage'>,
  { id }: ConnectionById,
): Promise<AsyncIterable<ConnectionTestStep>> {
  const { accountId, kind, partition, roleName } = await getConnection(access, { id })
  const setting = {
    account: accountId,
    isOrganization: kind === 'organization',
    partition,
    roleName,
    externalId: await externalIdOf(access, id),
    region: globalRegionOf(partition),
    writeBack: await writeBackTarget(access, id),
  }
  return runTest(processAws(), setting, AbortSignal.timeout(TEST_MS))
}
