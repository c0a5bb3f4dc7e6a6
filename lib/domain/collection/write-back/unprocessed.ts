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

/** Codes that pass by themselves. */
const PASSING: readonly string[] = ['ConcurrentUpdateError', 'InternalFailure']

export function passes(code: string): boolean {
  return PASSING.includes(code)
}

/** A code that this version knows, for its text; null for others. */
export function knownCode(code: string): UnprocessedCode | null {
  return unprocessedCodes.find(each => each === code) ?? null
}
