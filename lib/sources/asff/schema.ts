import { z } from 'zod'

/**
 * The fields of the AWS Security Finding Format that Hinomi uses:
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html Only fields that an
 * outcome needs are required; other tools leave out many fields that AWS requires.
 */
const text = z.string().nullish()
const anything = z.unknown().optional()

const Resource = z.object({
  Id: z.string().min(1),
  Type: text,
  Provider: anything,
  Region: text,
  Tags: anything,
  Details: anything,
})

const Vulnerability = z.object({
  Id: z.string().min(1),
  VulnerablePackages: z
    .array(z.object({ Name: text, Version: text, FixedInVersion: anything, FilePath: anything, Remediation: anything }))
    .nullish(),
  ExploitAvailable: anything,
  LastKnownExploitAt: anything,
  FixAvailable: anything,
  EpssScore: anything,
  Cvss: anything,
  ReferenceUrls: anything,
  Vendor: anything,
})

export const AsffFinding = z.object({
  Id: text,
  ProductArn: text,
  ProductName: text,
  GeneratorId: text,
  AwsAccountId: anything,
  Region: text,
  // A list by contract, one text from some tools.
  Types: anything,
  FirstObservedAt: anything,
  LastObservedAt: anything,
  CreatedAt: anything,
  UpdatedAt: anything,
  Severity: anything,
  Title: text,
  Description: text,
  Remediation: z.object({ Recommendation: z.object({ Text: text, Url: anything }).nullish() }).nullish(),
  // A text in some exports; read only if it is an object.
  ProductFields: anything,
  FindingProviderFields: anything,
  Action: anything,
  NetworkPath: anything,
  Detection: anything,
  Resources: z.array(Resource).min(1),
  Compliance: z.object({ Status: text, SecurityControlId: text, RelatedRequirements: anything }).nullish(),
  Vulnerabilities: z.array(Vulnerability).nullish(),
  Workflow: z.object({ Status: text }).nullish(),
  WorkflowState: text,
  /** For display only: one of an unknown shape is left out. */
  Note: z.object({ Text: text, UpdatedBy: text, UpdatedAt: text }).nullish().catch(null),
  RecordState: text,
})
export type AsffFinding = z.infer<typeof AsffFinding>
