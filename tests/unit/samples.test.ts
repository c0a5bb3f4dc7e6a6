import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { AccountId } from '../../lib/domain/accounts/account-id'
import { severities } from '../../lib/domain/findings/severity'
import { findingClasses, type Outcome, results, sourceIds } from '../../lib/domain/imports/outcome'
import { RejectedRecord, rejectCodes } from '../../lib/domain/imports/reject'
import { RejectedDocument, readDocument } from '../../lib/sources/reader/document'
import { outcomesOf } from '../../lib/sources/registry'

/** A folder with reports of many tools, one folder per format; they are not part of the project. */
const samples = process.env.HINOMI_SAMPLES ?? ''
const folders = [
  'asff',
  'asff-other-api',
  'ocsf',
  'prowler',
  'guardduty',
  'inspector2',
  'access-analyzer',
  'macie',
  'aws-config',
  'trusted-advisor',
  'iam-credential-report',
  'hostile',
  'hostile-json',
  'malformed-docs',
  'not-a-finding',
]

interface Counts {
  accepted: number
  /** Refused records by reason. */
  rejected: Record<string, number>
  /** Why the document was refused, alone or behind its records. */
  document?: string
}

async function readSample(path: string): Promise<Counts & { outcomes: Outcome[]; read: number }> {
  const outcomes: Outcome[] = []
  const rejected: Record<string, number> = {}
  let accepted = 0
  let read = 0
  let document: string | undefined
  const count = (code: string) => {
    rejected[code] = (rejected[code] ?? 0) + 1
  }
  try {
    for await (const batch of readDocument(createReadStream(path))) {
      for (const record of batch) {
        expect(record.index).toBe(read)
        read++
        if ('reject' in record) {
          count(record.reject.code)
          continue
        }
        if (!('value' in record)) throw new Error('nothing is known before it is read')
        try {
          const found = outcomesOf(record.value, { now: new Date() })
          expect(found.length).toBeGreaterThan(0)
          outcomes.push(...found)
          accepted++
        } catch (error) {
          if (!(error instanceof RejectedRecord)) throw error
          count(error.code)
        }
      }
    }
  } catch (error) {
    if (!(error instanceof RejectedDocument)) throw error
    expect(error.recordsBefore).toBe(read)
    document = error.code
  }
  return { accepted, rejected, outcomes, read, ...(document === undefined ? {} : { document }) }
}

const files = (folder: string) =>
  samples === '' ? [] : readdirSync(join(samples, folder)).map(name => `${folder}/${name}`)

/** Counts that were verified manually: these records are refused correctly. */
const known: Record<string, Counts> = {
  // 731 checks over 17 regions.
  'asff/django-DefectDojo__asff_prowler-output.asff.json': { accepted: 731, rejected: {} },
  'asff/heimdall2__asff_sample.json': { accepted: 18, rejected: {} },
  'asff/django-DefectDojo__asff_many_vulns.json': { accepted: 5, rejected: {} },
  'asff/django-DefectDojo__awssecurityhub_guardduty.json': { accepted: 4, rejected: {} },
  // Four of five accounts were replaced by X.
  'asff/django-DefectDojo__awssecurityhub_inspector_ec2_cve.json': { accepted: 1, rejected: { bad_account: 4 } },
  // 11 digits: a leading zero was lost, or the account is made up.
  'asff/heimdall2__rhel7_V-71931_asff.json': { accepted: 0, rejected: { bad_account: 3 } },
  'asff/cloud-custodian__cwe_event-securityhub-lambda-cross.json': { accepted: 1, rejected: {} },
  'asff/automated-security-response-on-aws__simdata_cis23.json': { accepted: 1, rejected: {} },
  // Pieces of documentation, none of them a finding.
  'asff/aws-security-hub-user-guide__fragments.json': { accepted: 0, rejected: { unknown_format: 59 } },
  // A rule's pattern: its findings are a filter.
  'asff/aws-security-hub-user-guide__securityhub-cwe-all-findings_2.json': {
    accepted: 0,
    rejected: {},
    document: 'bad_field',
  },
  // A command line.
  'asff/aws-security-hub-user-guide__finding-update-batchimportfindings_1.txt': {
    accepted: 0,
    rejected: {},
    document: 'not_json',
  },
  'asff-other-api/aws-cli__securityhub_get-findings.json': { accepted: 1, rejected: {} },
  'asff-other-api/cloud-custodian__test_security_hub_account_securityhub.BatchImportFindings_1.json': {
    accepted: 0,
    rejected: {},
  },
  'ocsf/aws-securityhubv2-bot__samples.json': { accepted: 3, rejected: {} },
  'ocsf/django-DefectDojo__aws_prowler_v3plus_many_vuln.ocsf.json': { accepted: 3, rejected: {} },
  'ocsf/django-DefectDojo__aws_prowler_v3plus_no_vuln.ocsf.json': { accepted: 0, rejected: {} },
  // Its accounts are the text "<account_uid>".
  'ocsf/prowler__examples_example_output_aws.ocsf.json': { accepted: 0, rejected: { bad_account: 5 } },
  'ocsf/prowler__examples_example_output_azure.ocsf.json': { accepted: 0, rejected: { other_cloud: 5 } },
  'ocsf/amazon-security-lake__sample.parquet': { accepted: 0, rejected: {}, document: 'not_json' },
  'prowler/django-DefectDojo__aws_prowler_v3plus_many_vuln.json': { accepted: 3, rejected: {} },
  'prowler/django-DefectDojo__aws_prowler_many_vuln2.csv': { accepted: 214, rejected: {} },
  'prowler/django-DefectDojo__aws_prowler_many_vuln.json': { accepted: 6, rejected: {} },
  // Its accounts are the text "<account_uid>".
  'prowler/django-DefectDojo__prowler_example_output_aws.csv': { accepted: 0, rejected: { bad_account: 4 } },
  'prowler/django-DefectDojo__prowler_prowler_zero_vul.csv': { accepted: 0, rejected: {} },
  'iam-credential-report/cloud-custodian__test_account_credential_report_iam.GetCredentialReport_1.csv': {
    accepted: 21,
    rejected: {},
  },
  // One key was rotated in 2099.
  'iam-credential-report/cloud-custodian__test_iam_user_credential_multi_delete_noop_iam.GetCredentialReport_1.csv': {
    accepted: 2,
    rejected: {},
  },
  'hostile/big-list-of-naughty-strings__blns.json': { accepted: 0, rejected: { not_an_object: 515 } },
  'hostile-json/JSONTestSuite__n_structure_100000_opening_arrays.json': {
    accepted: 0,
    rejected: {},
    document: 'truncated',
  },
  'guardduty/aws-cli__guardduty_get-findings.json': { accepted: 1, rejected: {} },
  'inspector2/django-DefectDojo__aws_inspector2_many_vul.json': { accepted: 8, rejected: {} },
  'inspector2/cloud-custodian__test_inspector2_finding_inspector2.ListFindings_1.json': { accepted: 6, rejected: {} },
  'access-analyzer/aws-cli__accessanalyzer_list-findings.json': { accepted: 2, rejected: {} },
  'not-a-finding/securityhub-eventbridge-example__eventbridge.json': { accepted: 0, rejected: { not_a_finding: 1 } },
  // Two events, then a brace too many: the rest of the list has lost its structure.
  'malformed-docs/opensearch-catalog__aws_cloudtrail_samples-large.json': {
    accepted: 0,
    rejected: { unknown_format: 2, not_json: 1 },
  },
}

/** Spellings of each resource type, by its letters. */
const spellings = new Map<string, Set<string>>()
const lettersOf = (type: string) => type.toLowerCase().replace(/[^a-z0-9]/g, '')

describe.skipIf(samples === '')('reports of other tools (HINOMI_SAMPLES)', () => {
  test('the folder contains every format', () => {
    for (const folder of folders) expect(files(folder), folder).not.toHaveLength(0)
  })

  test.each(folders.flatMap(files))('%s is read to its end and every record is accounted for', async name => {
    const { accepted, rejected, document, outcomes, read } = await readSample(join(samples, name))
    const codes: readonly string[] = rejectCodes
    expect(accepted + Object.values(rejected).reduce((sum, count) => sum + count, 0)).toBe(read)
    for (const code of Object.keys(rejected)) expect(codes).toContain(code)
    if (document !== undefined) expect(codes).toContain(document)
    for (const outcome of outcomes) {
      expect(AccountId.safeParse(outcome.accountId).success).toBe(true)
      expect(sourceIds).toContain(outcome.source)
      expect(findingClasses).toContain(outcome.class)
      expect(results).toContain(outcome.result)
      expect(severities).toContain(outcome.severity)
      for (const { type } of [outcome.resource, ...outcome.otherResources]) {
        spellings.set(lettersOf(type), (spellings.get(lettersOf(type)) ?? new Set()).add(type))
      }
      for (const text of [
        outcome.control,
        outcome.resource.id,
        outcome.nativeId,
        outcome.product,
        outcome.region,
        outcome.title,
      ]) {
        expect(text).not.toBe('')
      }
    }
  })

  test('a resource type has one spelling in all of them', () => {
    expect(spellings.size).toBeGreaterThan(0)
    expect([...spellings.values()].filter(each => each.size > 1)).toEqual([])
  })

  test.each(Object.entries(known))('%s counts as checked by eye', async (name, counts) => {
    const { outcomes: _outcomes, read: _read, ...found } = await readSample(join(samples, name))
    expect(found).toEqual(counts)
  })
})

describe.skipIf(samples !== '')('reports of other tools', () => {
  test.skip('HINOMI_SAMPLES names no folder: the reports of other tools are not read', () => {})
})
