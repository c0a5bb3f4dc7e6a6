import { parseArgs } from 'node:util'
import { z } from 'zod'
import { AccountId } from '../../../lib/domain/accounts/account-id'
import { RoleName } from '../../../lib/domain/collection/connection'
import { UsageError } from '../usage-error'

/** The accounts and collectors to read, the credentials, and the output file. */
export interface CollectOptions {
  out: string
  force: boolean
  profile: string | null
  /** Accounts to read; none for that of the credentials. */
  accounts: readonly AccountId[]
  /** The only Region to read; null for all. */
  region: string | null
  /** The role to assume in each account; null to read that of the credentials with these. */
  role: string | null
  externalId: string | null
  /** Whether to read the accounts of the organization too. */
  organization: boolean
}

const Region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/)

/** Reads the arguments. Throws UsageError, ZodError and the errors of parseArgs. */
export function collectOptions(args: string[]): CollectOptions {
  const { values } = parseArgs({
    args,
    options: {
      out: { type: 'string' },
      force: { type: 'boolean', default: false },
      profile: { type: 'string' },
      account: { type: 'string', multiple: true },
      region: { type: 'string' },
      role: { type: 'string' },
      'external-id': { type: 'string' },
      organization: { type: 'boolean', default: false },
    },
  })
  if (!values.out) throw new UsageError('noOutFile')
  const given = z.object({ account: z.array(AccountId), region: Region.nullable(), role: RoleName.nullable() }).parse({
    account: (values.account ?? []).flatMap(each => each.split(',')),
    region: values.region ?? null,
    role: values.role ?? null,
  })
  const role = given.role
  if (role === null && (values.organization || values['external-id'] !== undefined)) throw new UsageError('noRole')
  return {
    out: values.out,
    force: values.force,
    profile: values.profile ?? null,
    accounts: [...new Set(given.account)],
    region: given.region,
    role,
    externalId: values['external-id'] ?? null,
    organization: values.organization,
  }
}
