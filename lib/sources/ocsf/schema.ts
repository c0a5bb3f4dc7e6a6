import { z } from 'zod'

/**
 * The fields of OCSF's finding classes that Hinomi uses: https://schema.ocsf.io/categories/findings
 * Older versions and Prowler put some of them elsewhere; both places are here.
 */
const text = z.string().nullish()
const anything = z.unknown().optional()
const code = z.union([z.number(), z.string()]).nullish()
const time = z.union([z.number(), z.string()]).nullish()
const Account = z.object({ uid: anything }).nullish()

const Resource = z.object({
  uid: text,
  name: text,
  type: text,
  region: text,
  namespace: anything,
  account_uid: anything,
  tags: anything,
  labels: anything,
  owner: z.object({ account: Account }).nullish(),
})

/** `finding_info` since 1.1, `finding` in the older Security Finding. */
const Info = z
  .object({
    uid: text,
    title: text,
    desc: text,
    types: z.array(z.string()).nullish(),
    analytic: z.object({ uid: text, name: text }).nullish(),
    first_seen_time: time,
    first_seen_time_dt: time,
    last_seen_time: time,
    last_seen_time_dt: time,
    created_time: time,
    created_time_dt: time,
    modified_time: time,
    modified_time_dt: time,
    remediation: anything,
  })
  .nullish()

const Package = z.object({
  name: text,
  version: text,
  fixed_in_version: anything,
  path: anything,
  remediation: anything,
})

const Vulnerability = z.object({
  cve: z.object({ uid: text, cvss: anything, epss: anything }).nullish(),
  is_exploit_available: anything,
  is_fix_available: anything,
  references: anything,
  severity: anything,
  advisory: z.object({ uid: text }).nullish(),
  affected_packages: z.array(Package).nullish(),
  packages: z.array(Package).nullish(),
})

export const OcsfFinding = z.object({
  class_uid: code,
  class_name: text,
  activity_id: code,
  activity_name: text,
  status: text,
  status_id: code,
  status_code: text,
  severity: text,
  severity_id: code,
  vendor_attributes: z.object({ severity: text }).nullish(),
  time,
  time_dt: time,
  event_time: time,
  message: text,
  status_detail: anything,
  risk_details: anything,
  metadata: z
    .object({
      profiles: anything,
      event_code: text,
      uid: text,
      product: z
        .object({ name: text, uid: text, vendor_name: text, feature: z.object({ uid: text, name: text }).nullish() })
        .nullish(),
    })
    .nullish(),
  finding_info: Info,
  finding: Info,
  compliance: z.object({ control: text, status: text, status_id: code }).nullish(),
  cloud: z.object({ account: Account, account_uid: anything, provider: text, region: text }).nullish(),
  resources: z.array(Resource).nullish(),
  resource: Resource.nullish(),
  vulnerabilities: z.array(Vulnerability).nullish(),
  evidences: anything,
  actor: anything,
  malware: anything,
  count: anything,
  remediation: anything,
  comment: anything,
  unmapped: anything,
})
export type OcsfFinding = z.infer<typeof OcsfFinding>
export type OcsfResource = z.infer<typeof Resource>
