/** Why a record or a whole document was refused. Each code has its sentence in messages (rejects.<code>). */
export const rejectCodes = [
  'not_json',
  'truncated',
  'wrong_encoding',
  'not_an_object',
  'not_a_finding',
  'unknown_format',
  'unknown_csv',
  'too_deep',
  'too_large',
  'duplicate_key',
  'missing_field',
  'no_account',
  'bad_account',
  'other_account',
  'bad_severity',
  'bad_date',
  'bad_field',
  'uneven_row',
  'other_cloud',
  'echo',
  'check_list',
  'bad_gzip',
  'empty',
  'account_not_allowed',
  'source_not_allowed',
  'collected_not_allowed',
  'internal',
] as const
export type RejectCode = (typeof rejectCodes)[number]

/** A code and the values of its sentence, such as the field's name. Values are short and safe to show. */
export interface Reject {
  code: RejectCode
  params: Record<string, string | number>
}

/** Thrown by a source for one record. `accountId` is set if the record's account is known. */
export class RejectedRecord extends Error {
  override readonly name = 'RejectedRecord'
  constructor(
    readonly code: RejectCode,
    readonly params: Record<string, string | number> = {},
    readonly accountId: string | null = null,
  ) {
    super(code)
  }
}
