import 'server-only'
import { AwsFailure } from '../../failure'
import type { OutputOf } from '../../operations'
import type { CellCalls, Collector, Page } from '../collector'

/** AWS makes a report at most every four hours, usually within seconds. */
const ATTEMPTS = 30
const PAUSE = 2000

/** The credential report as the API gives it. */
export const credentialReport: Collector = { id: 'credential-report', collect }

async function* collect(calls: CellCalls): AsyncGenerator<Page> {
  const { Content, ReportFormat, GeneratedTime } = await reportOf(calls)
  const content = Buffer.from(Content ?? []).toString('base64')
  yield { records: [{ Content: content, ReportFormat, GeneratedTime }], next: null }
}

/** The rows of the report by the names of users; that of the root user is `<root_account>`. */
export async function credentialRows(calls: CellCalls): Promise<Map<string, Record<string, string>>> {
  const { Content } = await reportOf(calls)
  const [head = [], ...rows] = csvRows(Buffer.from(Content ?? []).toString('utf8'))
  const records = rows.map(row => Object.fromEntries(head.map((column, n) => [column, row[n] ?? ''])))
  return new Map(records.map(record => [record.user ?? '', record]))
}

async function reportOf(calls: CellCalls): Promise<OutputOf<'iam:GetCredentialReport'>> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const { State } = await calls.call('iam:GenerateCredentialReport', {})
    if (State === 'COMPLETE') return calls.call('iam:GetCredentialReport', {})
    await calls.sleep(PAUSE)
  }
  const message = 'The credential report was not ready within a minute.'
  throw new AwsFailure({ reason: 'timeout', operation: 'iam:GenerateCredentialReport', message })
}

/** Cells by RFC 4180: names of users may contain commas. */
function csvRows(text: string): string[][] {
  const lines = text.split(/\r?\n/).filter(line => line !== '')
  return lines.map(line =>
    [...line.matchAll(/(?<=^|,)(?:"((?:[^"]|"")*)"|([^,]*))(?=,|$)/g)].map(
      ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain,
    ),
  )
}
