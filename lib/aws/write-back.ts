import 'server-only'
import { AUTHOR, type Workflow } from '../domain/collection/write-back/own-update'
import { storableText } from '../domain/text/storable-json'
import type { CellCalls } from './collect/collector'

/** https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindings.html */
export const MOST_FINDINGS = 100

export interface FindingName {
  readonly productArn: string
  readonly findingId: string
}

/** A finding that Security Hub did not update. */
export interface Unprocessed extends FindingName {
  readonly code: string
  readonly message: string
}

/** Gives findings one status and note, at most 100. Returns those that Security Hub did not update. Throws AwsFailure. */
export async function updateFindings(
  calls: CellCalls,
  findings: readonly FindingName[],
  { workflow, note }: { workflow: Workflow; note: string },
): Promise<Unprocessed[]> {
  const { UnprocessedFindings = [] } = await calls.call('securityhub:BatchUpdateFindings', {
    FindingIdentifiers: findings.map(({ productArn, findingId }) => ({ ProductArn: productArn, Id: findingId })),
    Workflow: { Status: workflow },
    Note: { Text: note, UpdatedBy: AUTHOR },
  })
  return UnprocessedFindings.map(({ FindingIdentifier, ErrorCode = '', ErrorMessage = '' }) => ({
    productArn: FindingIdentifier?.ProductArn ?? '',
    findingId: FindingIdentifier?.Id ?? '',
    code: ErrorCode,
    message: storableText(ErrorMessage),
  }))
}

/** Proves the permission with the name of a finding that does not exist: nothing is changed. Throws AwsFailure. */
export async function tryUpdate(calls: CellCalls, partition: string): Promise<void> {
  const productArn = `arn:${partition}:securityhub:${calls.region}::product/aws/securityhub`
  await updateFindings(calls, [{ productArn, findingId: `${AUTHOR}/connection-test` }], {
    workflow: 'NEW',
    note: 'connection test',
  })
}
