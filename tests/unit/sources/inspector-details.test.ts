import { describe, expect, test } from 'vitest'
import { outcomeOf } from './support'

const account = '123456789012'
const base = {
  findingArn: `arn:aws:inspector2:eu-west-1:${account}:finding/1`,
  awsAccountId: account,
  status: 'ACTIVE',
  severity: 'HIGH',
  title: 'CVE-2024-37021 - linux',
  remediation: { recommendation: { text: 'None Provided' } },
  resources: [{ id: 'i-0a1b2c3d4e5f60718', type: 'AWS_EC2_INSTANCE' }],
}
const score = { baseScore: 7, scoringVector: 'CVSS:3.1/AV:L', version: '3.1', source: 'NVD' }
const package_ = { name: 'linux', version: '4.19', fixedInVersion: 'NotAvailable', remediation: 'NotAvailable' }

describe('advice that a source does not have', () => {
  test('of Inspector is no step and no command', () => {
    const { remediationText, facts } = outcomeOf({
      ...base,
      packageVulnerabilityDetails: { vulnerabilityId: 'CVE-2024-37021', vulnerablePackages: [package_] },
    })
    expect(remediationText).toBe('')
    expect(facts).toMatchObject({ packages: [{ name: 'linux', fixed: null, command: null }] })
  })

  test('of Security Hub is no step', () => {
    const record = {
      SchemaVersion: '2018-10-08',
      Id: 'x',
      ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/inspector',
      GeneratorId: 'AWSInspector',
      AwsAccountId: account,
      Severity: { Label: 'HIGH' },
      Title: 'CVE-2024-37021 - linux',
      Remediation: { Recommendation: { Text: 'None Provided' } },
      Resources: [{ Type: 'AwsEc2Instance', Id: 'i-0a1b2c3d4e5f60718' }],
      Vulnerabilities: [{ Id: 'CVE-2024-37021', VulnerablePackages: [{ Name: 'linux', Version: '4.19' }] }],
    }
    expect(outcomeOf(record).remediationText).toBe('')
  })
})

test('scores and packages that a record repeats are shown once', () => {
  const { facts } = outcomeOf({
    ...base,
    inspectorScoreDetails: {
      adjustedCvss: { score: 7, scoringVector: 'CVSS:3.1/AV:L', version: '3.1', scoreSource: 'NVD' },
    },
    packageVulnerabilityDetails: {
      vulnerabilityId: 'CVE-2024-37021',
      cvss: [score],
      vulnerablePackages: [package_, package_],
    },
  })
  expect(facts).toMatchObject({ cvss: [{ score: 7, source: 'NVD' }], packages: [{ name: 'linux' }] })
  expect(facts?.kind === 'vulnerability' && [facts.cvss.length, facts.packages.length]).toEqual([1, 1])
})

test('a weakness of code keeps its references', () => {
  const { facts } = outcomeOf({
    ...base,
    codeVulnerabilityDetails: {
      detectorId: 'python/log-injection@v1.0',
      filePath: { filePath: 'src/app.py' },
      referenceUrls: ['https://cwe.mitre.org/data/definitions/117.html'],
    },
  })
  expect(facts).toMatchObject({ references: ['https://cwe.mitre.org/data/definitions/117.html'] })
})

test('the way from the internet to a port is a part of the description', () => {
  const steps = [
    { componentId: 'igw-1', componentType: 'AWS::EC2::InternetGateway' },
    { componentId: 'sg-1', componentType: 'AWS::EC2::SecurityGroup' },
    { componentType: 'unnamed' },
    7,
  ]
  const reachability = { protocol: 'TCP', openPortRange: { begin: 22, end: 22 }, networkPath: { steps } }
  const path = 'Network path:\nAWS::EC2::InternetGateway igw-1\nAWS::EC2::SecurityGroup sg-1'
  const finding = outcomeOf({ ...base, description: 'Port 22 is open', networkReachabilityDetails: reachability })
  expect(finding.description).toBe(`Port 22 is open\n\n${path}`)
  expect(outcomeOf({ ...base, networkReachabilityDetails: { ...reachability, networkPath: 'x' } }).description).toBe('')
  const copy = {
    SchemaVersion: '2018-10-08',
    Id: 'x',
    ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/inspector',
    GeneratorId: 'AWSInspector',
    AwsAccountId: account,
    Severity: { Label: 'MEDIUM' },
    Title: 'Port 22 is reachable',
    Resources: [{ Type: 'AwsEc2Instance', Id: 'i-0a1b2c3d4e5f60718' }],
    NetworkPath: steps.map(step =>
      typeof step === 'number' ? step : { ComponentId: step.componentId, ComponentType: step.componentType },
    ),
  }
  expect(outcomeOf(copy).description).toBe(path)
})
