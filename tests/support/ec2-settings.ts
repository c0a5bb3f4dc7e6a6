/** A report of the collector of Amazon EC2 with the defaults of one Region, or that they were denied. */
export function ec2Settings(
  account: string,
  region: string,
  observedAt: Date,
  { ebsEncryption = false, denied = false } = {},
): string {
  const data = {
    ebsEncryption,
    snapshotBlock: 'unblocked',
    imageBlock: 'block-new-sharing',
    httpTokens: null,
    httpTokensEnforced: null,
  }
  const settings = {
    inventory: 1,
    account,
    region,
    type: 'AWS::EC2::AccountSettings',
    arn: `arn:aws:iam::${account}:root`,
    name: account,
    data,
    observedAt: observedAt.toISOString(),
  }
  const cell = { coverage: 1, account, region, collector: 'ec2', state: denied ? 'denied' : 'ok', complete: !denied }
  const lines = [
    { collection: 1, account, collector: 'ec2', startedAt: observedAt.toISOString(), whole: true },
    ...(denied ? [] : [settings]),
    { ...cell, records: denied ? 0 : 1, ...(denied && { action: 'ec2:GetEbsEncryptionByDefault' }) },
  ]
  return lines.map(line => `${JSON.stringify(line)}\n`).join('')
}
