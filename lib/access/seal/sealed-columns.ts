import 'server-only'

/** A column with values that sealText created for the purpose `<purpose>:<id of the row>`, in a table whose id is a UUID. */
export interface SealedColumn {
  table: string
  column: string
  purpose: string
}

/** Every such column: a missing one is not re-encrypted when the secret is replaced. Names go into SQL unquoted. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'member', column: 'totp_secret', purpose: 'totp' },
  { table: 'attachment', column: 'sealed_key', purpose: 'attachment' },
  { table: 'connection', column: 'external_id', purpose: 'connection' },
]
