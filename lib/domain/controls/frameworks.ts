/** Frameworks of requirements that controls prove, by id, with their own names. Mappings: docs/decisions/0052-controls.md. */
export const frameworkNames = {
  fsbp: 'AWS Foundational Security Best Practices',
  'cis-1.2.0': 'CIS AWS Foundations Benchmark 1.2.0',
  'cis-1.4.0': 'CIS AWS Foundations Benchmark 1.4.0',
  'cis-1.5.0': 'CIS AWS Foundations Benchmark 1.5.0',
  'cis-2.0.0': 'CIS AWS Foundations Benchmark 2.0.0',
  'cis-3.0.0': 'CIS AWS Foundations Benchmark 3.0.0',
  'cis-4.0.1': 'CIS AWS Foundations Benchmark 4.0.1',
  'cis-5.0.0': 'CIS AWS Foundations Benchmark 5.0.0',
  'cis-6.0.0': 'CIS AWS Foundations Benchmark 6.0.0',
  'cis-7.0.0': 'CIS AWS Foundations Benchmark 7.0.0',
  'pci-dss-3.2.1': 'PCI DSS 3.2.1',
  'pci-dss-4.0': 'PCI DSS 4.0',
  'nist-800-53-r5': 'NIST SP 800-53 Rev. 5',
  'iso-27001-2022': 'ISO/IEC 27001:2022',
} as const
export type FrameworkId = keyof typeof frameworkNames
export const frameworkIds = Object.keys(frameworkNames) as FrameworkId[]
