export interface KeyGiven {
  id: string
  active?: boolean
  service?: string
}

/** A user as the collector of IAM describes it, with its access keys. */
export function iamUser(account: string, name: string, keys: readonly KeyGiven[], more: object = {}): object {
  const accessKeys = keys.map(({ id, active = true, service }) => {
    const lastUsed = service ? { at: '2026-01-01T00:00:00.000Z', service, region: 'eu-west-1' } : null
    return { id, active, createdAt: '2025-02-03T04:05:06.000Z', lastUsed }
  })
  const credentials = { password_enabled: 'false', mfa_active: 'false' }
  const rest = { path: '/', groups: [], attachedPolicies: [], inlinePolicies: [], tags: [] }
  return {
    inventory: 1,
    account,
    region: 'global',
    type: 'AWS::IAM::User',
    arn: `arn:aws:iam::${account}:user/${name}`,
    name,
    data: { ...rest, accessKeys, credentials, ...more },
    observedAt: '2026-01-01T00:00:00.000Z',
  }
}

/** A report of the collector of IAM. */
export function iamReport(account: string, at: Date, lines: readonly object[], state = 'ok'): string {
  const header = { collection: 1, account, collector: 'iam', startedAt: at.toISOString(), whole: true }
  const cell = { coverage: 1, account, region: 'global', collector: 'iam', state, complete: state === 'ok', records: 0 }
  return [header, ...lines, cell].map(line => `${JSON.stringify(line)}\n`).join('')
}
