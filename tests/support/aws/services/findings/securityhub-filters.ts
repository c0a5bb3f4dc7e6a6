import type {
  AwsSecurityFinding,
  AwsSecurityFindingFilters,
  DateFilter,
  StringFilter,
} from '@aws-sdk/client-securityhub'
import { AwsError } from '../../wire/aws-error'

type Field = keyof AwsSecurityFindingFilters
type Read = (finding: AwsSecurityFinding) => string | undefined

const TEXTS: Partial<Record<Field, Read>> = {
  AwsAccountId: finding => finding.AwsAccountId,
  ComplianceSecurityControlId: finding => finding.Compliance?.SecurityControlId,
  ComplianceStatus: finding => finding.Compliance?.Status,
  GeneratorId: finding => finding.GeneratorId,
  Id: finding => finding.Id,
  ProductArn: finding => finding.ProductArn,
  ProductName: finding => finding.ProductName,
  RecordState: finding => finding.RecordState,
  Region: finding => finding.Region,
  SeverityLabel: finding => finding.Severity?.Label,
  WorkflowStatus: finding => finding.Workflow?.Status,
}
const DATES: Partial<Record<Field, Read>> = {
  CreatedAt: finding => finding.CreatedAt,
  FirstObservedAt: finding => finding.FirstObservedAt,
  LastObservedAt: finding => finding.LastObservedAt,
  UpdatedAt: finding => finding.UpdatedAt,
}
const DAY_MS = 86_400_000

/** Whether a finding fits all fields; filters of a field are alternatives, negative ones must all hold. */
export function fitsFilters(finding: AwsSecurityFinding, filters: AwsSecurityFindingFilters, now: Date): boolean {
  return Object.entries(filters).every(([name, wanted]) => {
    const [text, date] = [TEXTS[name as Field], DATES[name as Field]]
    if (text) return fitsText(text(finding) ?? '', wanted as StringFilter[])
    if (date) return (wanted as DateFilter[]).some(filter => fitsDate(date(finding), filter, now))
    throw new AwsError('InvalidInputException', `The emulator does not know the filter ${name}.`)
  })
}

export function fitsText(value: string, filters: StringFilter[]): boolean {
  const isNegative = ({ Comparison }: StringFilter) => Comparison?.includes('NOT_') ?? false
  const wanted = filters.filter(filter => !isNegative(filter))
  return (
    filters.filter(isNegative).every(filter => compares(value, filter)) &&
    (wanted.length === 0 || wanted.some(filter => compares(value, filter)))
  )
}

function compares(value: string, { Value = '', Comparison = 'EQUALS' }: StringFilter): boolean {
  switch (Comparison) {
    case 'EQUALS':
      return value === Value
    case 'NOT_EQUALS':
      return value !== Value
    case 'PREFIX':
      return value.startsWith(Value)
    case 'PREFIX_NOT_EQUALS':
      return !value.startsWith(Value)
    case 'CONTAINS':
      return value.includes(Value)
    case 'NOT_CONTAINS':
      return !value.includes(Value)
    default:
      throw new AwsError('InvalidInputException', `The emulator does not compare by ${Comparison}.`)
  }
}

export function fitsDate(value: string | undefined, { Start, End, DateRange }: DateFilter, now: Date): boolean {
  if (!value) return false
  const at = Date.parse(value)
  if (DateRange) return at >= now.getTime() - (DateRange.Value ?? 0) * DAY_MS
  return (!Start || at >= Date.parse(Start)) && (!End || at <= Date.parse(End))
}
