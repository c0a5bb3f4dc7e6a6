import { describe, expect, test } from 'vitest'
import { commandValuesOf } from '@/lib/domain/commands/command-values'
import { identityOf } from '@/lib/domain/threats/actors'
import { PlaybookText, phases, playbookFor, StepTable } from '@/lib/domain/threats/playbook'
import rawSteps from '@/lib/domain/threats/steps.json'
import english from '@/lib/domain/threats/text/en.json'
import japanese from '@/lib/domain/threats/text/ja.json'
import { threatTypeOf } from '@/lib/domain/threats/threat-type'
import types from '@/lib/domain/threats/types.json'
import { problemsOfPair } from '../../support/wording'

const { families, steps } = StepTable.parse(rawSteps)
const en = PlaybookText.parse(english)
const ja = PlaybookText.parse(japanese)
const templates = Object.values(steps).flatMap(step => step.commands.flat())

const subject = {
  control: 'Backdoor:EC2/C&CActivity.B',
  accountId: '111122223333',
  region: 'ap-northeast-1',
  resourceId: 'arn:aws:ec2:ap-northeast-1:111122223333:instance/i-0123456789abcdef0',
  resourceType: 'AwsEc2Instance',
  otherResources: [],
  sightings: [{ nativeId: 'a'.repeat(32), source: 'guardduty' }],
  facts: null,
}

describe('the texts', () => {
  test('exist in both languages for every family and every step', () => {
    for (const text of [en, ja]) {
      expect(Object.keys(text.families).sort()).toEqual(Object.keys(families).sort())
      expect(Object.keys(text.steps).sort()).toEqual(Object.keys(steps).sort())
      expect(Object.keys(text.warnings).filter(id => !steps[id])).toEqual([])
    }
    const all = [en, ja].flatMap(text => [
      ...Object.values(text.families).flatMap(family => Object.values(family)),
      ...Object.values(text.steps),
      ...Object.values(text.warnings),
    ])
    expect(all.filter(text => text.trim() === '')).toEqual([])
  })

  test('use the words of the product', () => {
    const pairs = [
      ...Object.entries(en.families).flatMap(([id, family]) =>
        (['name', 'meaning', 'harmless'] as const).map(part => [family[part], ja.families[id]?.[part] ?? ''] as const),
      ),
      ...Object.entries(en.steps).map(([id, text]) => [text, ja.steps[id] ?? ''] as const),
      ...Object.entries(en.warnings).map(([id, text]) => [text, ja.warnings[id] ?? ''] as const),
    ]
    expect(pairs.flatMap(([a, b]) => problemsOfPair(a, b))).toEqual([])
    expect(pairs.length).toBeGreaterThan(200)
  })
})

describe('the table', () => {
  test('has a family with steps for every type, in the order of the phases', () => {
    for (const { family } of Object.values(types.types)) expect(families).toHaveProperty([family])
    expect(Object.keys(types.types).length).toBeGreaterThan(240)
    for (const [family, ids] of Object.entries(families)) {
      // Where a mistake is likely, the owner comes first.
      const ordered = ids[0] === 'confirmOwner' ? ids.slice(1) : ids
      const order = ordered.map(id => phases.indexOf(steps[id]?.phase ?? 'contain'))
      expect([family, order]).toEqual([family, order.toSorted((a, b) => a - b)])
      expect(new Set(ids).size).toBe(ids.length)
    }
  })

  test('uses every family and every step', () => {
    const used = new Set(Object.values(families).flat())
    expect(Object.keys(steps).filter(id => !used.has(id))).toEqual([])
    const named = new Set(Object.values(types.types).map(({ family }) => family))
    const others = ['other', 'exposed-access-key', 'sensitive-data']
    expect(Object.keys(families).filter(id => !named.has(id) && !others.includes(id))).toEqual([])
  })

  test('closes its quotes', () => {
    expect(templates.filter(each => (each.match(/'/g) ?? []).length % 2 === 1)).toEqual([])
  })

  test('has a tactic, a resource and a page for every type', () => {
    for (const [type, { page, anchor }] of Object.entries(types.types)) {
      expect(type).toMatch(/^[A-Za-z]+:[A-Za-z0-9]+\/[\w.!&-]+$/)
      expect(`${page}#${anchor}`).toMatch(/^[\w-]+#[A-Za-z0-9-]+$/)
    }
    for (const type of Object.values(types.aliases)) expect(types.types).toHaveProperty([type])
  })
})

/** Calls that break or destroy something. */
const BREAKS =
  /^(?:aws (?:\S+ (?:terminate|delete|stop|disable|disassociate|detach|revoke|remove|suspend)-|iam put-(?:user|role)-policy|rds modify-db-instance|lambda put-function-concurrency|sesv2 put-account|s3api put-public|s3control put-public|eks update-cluster-config)|kubectl (?:delete|label))/

describe('a step that breaks or destroys something', () => {
  const breaking = Object.entries(steps).filter(([, { commands }]) => commands.flat().some(line => BREAKS.test(line)))

  test('says so, in both languages', () => {
    expect(breaking.filter(([id]) => !en.warnings[id] || !ja.warnings[id]).map(([id]) => id)).toEqual([])
    expect(breaking.length).toBeGreaterThan(20)
  })

  test('destroys evidence only after it was kept', () => {
    const destroys =
      /^(?:aws (?:ec2 terminate-|ecs stop-task|s3api delete-object|iam delete-access-key)|kubectl delete deployment)/
    const early = Object.entries(steps).filter(
      ([, { phase, commands }]) => phase !== 'eradicate' && commands.flat().some(line => destroys.test(line)),
    )
    expect(early.map(([id]) => id)).toEqual([])
  })

  test('removes the protection of an instance before it terminates it', () => {
    const lines = steps.rebuildInstance?.commands.flat() ?? []
    const [unlocks, ends] = ['--no-disable-api-termination', 'terminate-instances'].map(part =>
      lines.findIndex(line => line.includes(part)),
    )
    expect(unlocks).toBeGreaterThanOrEqual(0)
    expect(ends).toBeGreaterThan(unlocks ?? Number.POSITIVE_INFINITY)
    for (const ids of Object.values(families)) {
      if (!ids.includes('isolateInstance')) continue
      // An Auto Scaling group replaces an instance that it can no longer reach.
      expect(ids.indexOf('protectInstance')).toBeLessThan(ids.indexOf('isolateInstance'))
      expect(ids.indexOf('protectInstance')).toBeGreaterThanOrEqual(0)
      expect(ids).toEqual(expect.arrayContaining(['describeInstance', 'snapshotInstance']))
    }
  })

  test('connects to a cluster before it uses kubectl', () => {
    const needs = (id: string) => steps[id]?.commands.flat().some(line => line.includes('kubectl')) === true
    for (const ids of Object.values(families)) {
      const first = ids.findIndex(needs)
      if (first >= 0) expect(ids.slice(0, first)).toContain('connectCluster')
    }
  })
})

describe('the family of a type', () => {
  test.each([
    ['UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS', 'iam-stolen-role-credentials'],
    ['Backdoor:EC2-C&CActivity.B!DNS', 'ec2-command-and-control'],
    ['TTPs/Backdoor:Runtime-C&CActivity.B', 'runtime-command-and-control'],
    ['EC2:Unusual-DNS-Resolver', 'ec2-unusual-dns'],
    ['CredentialAccess:Kubernetes-SecretsAccessed', 'kubernetes-anomalous'],
    ['attacksequence:s3/compromiseddata', 'sequence-s3'],
    ['SensitiveData:S3Object/Personal', 'sensitive-data'],
    ['12Fnkpl8Y5', 'exposed-access-key'],
    ['Backdoor:EC2/NotYetInvented', 'other'],
    ['x:constructor/y', 'other'],
    ['__proto__', 'other'],
    ['', 'other'],
  ])('%s: %s', (type, family) => {
    expect(threatTypeOf(type).family).toBe(family)
  })

  // Links of https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-type-taxonomy.html
  test.each([
    ['Backdoor:EC2/C&CActivity.B!DNS', 'guardduty_finding-types-ec2.html#backdoor-ec2-ccactivitybdns'],
    ['Discovery:IAMUser/AnomalousBehavior', 'guardduty_finding-types-iam.html#discovery-iam-anomalousbehavior'],
    ['Impact:S3/AnomalousBehavior.Delete', 'guardduty_finding-types-s3.html#impact-s3-anomalousbehavior-delete'],
    ['Object:S3/MaliciousFile', 'gdu-malware-protection-s3-finding-types.html#s3-object-s3-malicious-file'],
    ['Trojan:Lambda/DropPoint', 'lambda-protection-finding-types.html#trojan-lambda-drop-point'],
  ])('%s is described at %s', (type, place) => {
    expect(threatTypeOf(type).url).toBe(`https://docs.aws.amazon.com/guardduty/latest/ug/${place}`)
  })
})

describe('the playbook', () => {
  test('sees who acted', () => {
    const who = (resourceId: string) => identityOf(commandValuesOf({ ...subject, resourceId }))
    expect(who('arn:aws:iam::111122223333:user/alice')).toBe('user')
    expect(who('arn:aws:iam::111122223333:role/app')).toBe('role')
    expect(who(subject.resourceId)).toBeNull()
  })

  test('of an instance isolates it, with its id in the commands', async () => {
    const { family, steps: shown } = await playbookFor('en', subject)
    expect(family).toBe('ec2-command-and-control')
    const commands = shown.flatMap(step => step.commands.map(({ text }) => text))
    expect(commands).toContain(
      'aws ec2 modify-instance-attribute --instance-id i-0123456789abcdef0 --groups "$QUARANTINE_GROUP_ID" --region ap-northeast-1',
    )
    expect(shown[0]?.phase).toBe('contain')
  })

  test('leaves out steps for other identities and other kinds of resources', async () => {
    const ids = async (control: string, resourceId: string, resourceType = '') =>
      (await playbookFor('ja', { ...subject, control, resourceId, resourceType })).steps.map(({ id }) => id)
    const user = await ids('UnauthorizedAccess:IAMUser/TorIPCaller', 'arn:aws:iam::111122223333:user/alice')
    expect(user).toContain('deactivateKey')
    expect(user).not.toContain('revokeSessions')
    const unknown = await ids('UnauthorizedAccess:IAMUser/TorIPCaller', 'somebody')
    expect(unknown).toEqual(expect.arrayContaining(['deactivateKey', 'revokeSessions', 'secureRoot']))
    const pod = await ids('Execution:Runtime/ReverseShell', 'arn:aws:eks:x:1:cluster/prod', 'AwsEksCluster')
    expect(pod).toContain('isolatePod')
    expect(pod).not.toContain('isolateInstance')
    const identity = await ids('Persistence:IAMUser/NotYetInvented', 'arn:aws:iam::111122223333:user/alice')
    expect(identity).toContain('deactivateKey')
    expect(identity).not.toContain('isolateInstance')
  })

  test('of every type has a text, and steps that contain the threat', async () => {
    for (const locale of ['en', 'ja'] as const) {
      for (const control of [...Object.keys(types.types), 'unknown']) {
        const of = { ...subject, control, resourceId: 'x', resourceType: '' }
        const { name, meaning, harmless, steps: shown } = await playbookFor(locale, of)
        expect([name, meaning, harmless].every(text => text !== '')).toBe(true)
        expect([control, shown.some(step => step.phase === 'contain')]).toEqual([control, true])
        expect(shown.every(step => step.text !== '')).toBe(true)
      }
    }
  })
})
