import 'server-only'

/** A column with values that sealText made for the purpose `<purpose>:<id of the row>`, in a table whose id is a UUID. */
export interface SealedColumn {
  table: string
  column: string
  purpose: string
}

/** All of them: what is missing here is not sealed anew when the secret is replaced. Names go into SQL as they stand. */
export const sealedColumns: readonly SealedColumn[] = [{ table: 'member', column: 'totp_secret', purpose: 'totp' }]
