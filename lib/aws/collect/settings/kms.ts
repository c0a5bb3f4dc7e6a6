import 'server-only'
import { AwsFailure } from '../../failure'
import type { OutputOf } from '../../operations'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import { inventoryOf } from '../inventory'
import { pagesOf } from '../paging'

const PAGE = 100

/** Keys that the account manages itself, and whether they are rotated. Keys of AWS are left out. */
export const kms: Collector = { id: 'kms', collect }

async function* collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  const input = { Limit: PAGE }
  const paging = {
    at: (Marker: string) => ({ ...input, Marker }),
    next: ({ NextMarker }: OutputOf<'kms:ListKeys'>) => NextMarker,
  }
  const place = typeof from === 'string' ? from : null
  for await (const { answer, next } of pagesOf(calls, 'kms:ListKeys', input, paging, place)) {
    const records: object[] = []
    for (const { KeyId = '', KeyArn: arn = '' } of answer.Keys ?? []) {
      const data = await keyOf(calls, KeyId)
      if (data)
        records.push(inventoryOf(calls, { type: 'AWS::KMS::Key', arn, name: KeyId, region: calls.region, data }))
    }
    yield { records, next }
  }
}

/** Null for a key of AWS, and for one that was deleted meanwhile. */
async function keyOf(calls: CellCalls, KeyId: string): Promise<Record<string, unknown> | null> {
  try {
    const { KeyMetadata: key } = await calls.call('kms:DescribeKey', { KeyId })
    if (key?.KeyManager !== 'CUSTOMER') return null
    // Only these can be rotated: https://docs.aws.amazon.com/kms/latest/developerguide/rotating-keys-enable.html
    const rotates = key.KeySpec === 'SYMMETRIC_DEFAULT' && key.Origin === 'AWS_KMS' && key.KeyState === 'Enabled'
    const rotation = rotates ? await calls.call('kms:GetKeyRotationStatus', { KeyId }) : null
    return {
      state: key.KeyState ?? null,
      spec: key.KeySpec ?? null,
      usage: key.KeyUsage ?? null,
      origin: key.Origin ?? null,
      multiRegion: key.MultiRegion ?? false,
      rotation: rotation && (rotation.KeyRotationEnabled ?? false),
      rotationDays: rotation?.RotationPeriodInDays ?? null,
    }
  } catch (error) {
    if (error instanceof AwsFailure && error.code === 'NotFoundException') return null
    // The policy of a key may refuse everybody else, and says nothing about the others.
    if (error instanceof AwsFailure && error.reason === 'resource_policy') return { denied: error.action }
    throw error
  }
}
