import 'server-only'
import { z } from 'zod'
import { isReadElsewhere, readElsewhere } from '../../../domain/collection/findings/read-elsewhere'
import { partitionOf } from '../../../domain/commands/command-values'
import { AwsFailure } from '../../failure'
import type { InputOf } from '../../operations'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import { pagesOf } from '../paging'

type Filters = NonNullable<InputOf<'securityhub:GetFindingsV2'>['Filters']>

const Token = z.string()
/**
 * The most that GetFindingsV2 returns: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindingsV2.html
 */
const PAGE = 100
const YEAR_MS = 365 * 86_400_000

/**
 * What only the second version of Security Hub has, in OCSF: its exposure findings, and findings of other vendors'
 * products. Of the cell's own account and Region; closed ones too, which AWS keeps for 14 days.
 */
export const securityHubV2: Collector = { id: 'security-hub-v2', collect }

async function* collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  const token = from === null ? null : Token.parse(from)
  if (token === null) await requireEnabled(calls)
  const input = {
    Filters: filtersOf(calls),
    MaxResults: PAGE,
    SortCriteria: [{ Field: 'finding_info.modified_time_dt', SortOrder: 'asc' as const }],
  }
  const pages = pagesOf(
    calls,
    'securityhub:GetFindingsV2',
    input,
    { at: NextToken => ({ ...input, NextToken }), next: answer => answer.NextToken },
    token,
  )
  for await (const { answer, next } of pages) {
    // Were a product to call itself otherwise in another Region, it would be read twice.
    const records = (answer.Findings ?? []).flatMap<object>(finding => {
      return isObject(finding) && !isReadElsewhere(finding) ? [finding] : []
    })
    yield { records, next }
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

async function requireEnabled(calls: CellCalls): Promise<void> {
  const operation = 'securityhub:DescribeSecurityHubV2'
  try {
    await calls.call(operation, {})
  } catch (error) {
    if (!(error instanceof AwsFailure) || error.code !== 'ResourceNotFoundException') throw error
    throw new AwsFailure({ reason: 'service_disabled', operation, code: error.code, message: error.message })
  }
}

/** A token fits only its own filters, so that none of them has the present time. */
function filtersOf({ account, region, since }: CellCalls): Filters {
  const { partition } = partitionOf(region)
  const text = (FieldName: 'cloud.account.uid' | 'cloud.region', Value: string) => {
    return { FieldName, Filter: { Value, Comparison: 'EQUALS' as const } }
  }
  const others = readElsewhere.map(({ slug }) => ({
    FieldName: 'metadata.product.uid' as const,
    Filter: {
      Value: `arn:${partition}:securityhub:${region}::productv2/aws/${slug}`,
      Comparison: 'NOT_EQUALS' as const,
    },
  }))
  const changed = since && {
    FieldName: 'finding_info.modified_time_dt' as const,
    Filter: { Start: since.toISOString(), End: new Date(since.getTime() + YEAR_MS).toISOString() },
  }
  return {
    CompositeOperator: 'AND',
    CompositeFilters: [
      {
        Operator: 'AND',
        StringFilters: [text('cloud.account.uid', account), text('cloud.region', region), ...others],
        ...(changed && { DateFilters: [changed] }),
      },
    ],
  }
}
