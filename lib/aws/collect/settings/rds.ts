import 'server-only'
import type { OutputOf } from '../../operations'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import { inventoryOf } from '../inventory'
import { pagesOf } from '../paging'
import { tagsOf } from '../plain'

const PAGE = 100

/**
 * DB instances of Amazon RDS; the API also names those of Aurora, Multi-AZ clusters, Amazon Neptune and Amazon
 * DocumentDB.
 */
export const rds: Collector = { id: 'rds', collect }

async function* collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  const input = { MaxRecords: PAGE }
  const paging = {
    at: (Marker: string) => ({ ...input, Marker }),
    next: ({ Marker }: OutputOf<'rds:DescribeDBInstances'>) => Marker,
  }
  const place = typeof from === 'string' ? from : null
  for await (const { answer, next } of pagesOf(calls, 'rds:DescribeDBInstances', input, paging, place)) {
    const records = (answer.DBInstances ?? []).map(instance => {
      const { DBInstanceArn: arn = '', DBInstanceIdentifier: name = '', TagList } = instance
      const data = {
        engine: instance.Engine ?? null,
        cluster: instance.DBClusterIdentifier ?? null,
        publiclyAccessible: instance.PubliclyAccessible ?? false,
        encrypted: instance.StorageEncrypted ?? false,
        tags: tagsOf(TagList),
      }
      return inventoryOf(calls, { type: 'AWS::RDS::DBInstance', arn, name, region: calls.region, data })
    })
    yield { records, next }
  }
}
