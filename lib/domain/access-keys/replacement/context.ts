import type { PipelineSystem } from '../../trust/issuers'

/** The values of an account and a key in the texts that replace the key by a role. */
export interface ReplacementContext {
  partition: string
  account: string
  /** The Region that the key was last used in; null where it is not known. */
  region: string | null
  user: string
  key: string
  attachedPolicies: readonly string[]
  /** Whether the user also has permissions that no managed policy of its own gives: from groups, or inline. */
  otherPermissions: boolean
  /** The account's providers by their addresses, with their audiences. */
  providers: ReadonlyMap<string, { audiences: readonly string[] }>
  /** Values that conditions on subjects have in the account's roles, by the addresses of issuers. */
  subjects: ReadonlyMap<string, readonly string[]>
}

/** A role that a pipeline assumes instead of using a key. Words in capital letters are for the reader to replace. */
export interface Replacement {
  system: PipelineSystem
  /** Whether the account trusts the issuer already. */
  trusted: boolean
  issuer: string
  role: string
  trustPolicy: string
  /** Commands by step; `provider` is empty where the account has one. */
  commands: { provider: string[]; role: string[]; policies: string[]; retire: string[] }
  otherPermissions: boolean
  /** Whether the user administers the account: the role should have less. */
  admin: boolean
  /** The file is null for variables of a workspace. */
  workflow: { file: string | null; text: string }
  /** Words in the texts that the reader has to replace. */
  unset: string[]
}

/** The texts for one CI system. */
export interface SystemPart {
  address: string
  audience: string
  /** Conditions on the subject. */
  equals?: readonly string[]
  like?: string
  file: string | null
  workflow(values: WorkflowValues): readonly string[]
}

export interface WorkflowValues {
  roleArn: string
  region: string
  audience: string
}
