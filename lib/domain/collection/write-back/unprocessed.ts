/**
 * Why Security Hub did not update a finding:
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindingsUnprocessedFinding.html
 */
export const unprocessedCodes = [
  'ConcurrentUpdateError',
  'DuplicatedFindingIdentifier',
  'FindingNotFound',
  'FindingSizeExceeded',
  'InternalFailure',
  'InvalidInput',
] as const
export type UnprocessedCode = (typeof unprocessedCodes)[number]

const TRANSIENT: readonly string[] = ['ConcurrentUpdateError', 'InternalFailure']

/** Whether the same update may succeed later without anybody changing anything. */
export function isTransient(code: string): boolean {
  return TRANSIENT.includes(code)
}

/** A code that this version knows, for its text; null for others. */
export function knownCode(code: string): UnprocessedCode | null {
  return unprocessedCodes.find(each => each === code) ?? null
}
