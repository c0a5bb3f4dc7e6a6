import { describe, expect, test } from 'vitest'
import { placeholdersOf } from '@/lib/domain/commands/command'
import { INPUTS, PLACEHOLDERS } from '@/lib/domain/commands/placeholders'
import controls from '@/lib/domain/controls/text/commands.json'
import families from '@/lib/domain/controls/text/families/table.json'
import { StepTable } from '@/lib/domain/threats/playbook'
import rawSteps from '@/lib/domain/threats/steps.json'
import vulnerabilities from '@/lib/domain/vulnerabilities/commands.json'
import shapes from '../../fixtures/shapes/operations.json'
import { callsOf, type Operation, problemsOfAws } from '../../support/aws-cli'

const operations: Record<string, Operation> = shapes.operations
const { steps } = StepTable.parse(rawSteps)
const ofSteps = Object.entries(steps).flatMap(([id, { commands }]) =>
  commands.flat().map((line): [string, string] => [id, line]),
)
const ofOthers = Object.entries(vulnerabilities)
const ofControls = [controls.commands, ...Object.values(families)]
  .flatMap(table => Object.entries(table))
  .flatMap(([id, lines]) => lines.map((line): [string, string] => [id, line]))

/** https://kubernetes.io/docs/reference/kubectl/ */
const KUBECTL = new Set(['get', 'logs', 'label', 'cordon', 'apply', 'delete'])
const TOOLS = new Set(['aws', 'kubectl', 'echo', 'date', 'grep'])

describe('every command', () => {
  test('calls an operation of the AWS CLI with options that it has', () => {
    const problems = [...ofSteps, ...ofControls, ...ofOthers].flatMap(([id, line]) =>
      callsOf(line)
        .filter(([program]) => program === 'aws')
        .flatMap(call => problemsOfAws(call, operations))
        .map(problem => `${id}: ${problem}`),
    )
    expect(problems).toEqual([])
    expect(ofSteps.length + ofControls.length).toBeGreaterThan(250)
  })

  test('uses no other tools than kubectl and those of the shell', () => {
    for (const [id, line] of [...ofSteps, ...ofControls, ...ofOthers]) {
      for (const [program = '', verb = ''] of callsOf(line)) {
        expect([id, TOOLS.has(program)]).toEqual([id, true])
        if (program === 'kubectl') expect([verb, KUBECTL.has(verb)]).toEqual([verb, true])
      }
    }
  })

  test('uses only known placeholders', () => {
    const names = [...ofSteps, ...ofControls, ...ofOthers].flatMap(([, line]) => placeholdersOf(line))
    expect(names.filter(name => !(Object.hasOwn(PLACEHOLDERS, name) || INPUTS.includes(name)))).toEqual([])
  })
})

describe('the check of commands', () => {
  test.each([
    ['aws ec2 terminate-instance --instance-ids i-1', 'unknown operation'],
    ['aws ec2 terminate-instances --instance-id i-1', 'unknown option --instance-id'],
    ['aws ec2 terminate-instances --region x', 'missing --instance-ids'],
    ['aws iam update-access-key --access-key-id A --status Off', '--status cannot be Off'],
    ['aws ec2 terminate-instances now --instance-ids i-1', 'loose word now'],
    ['aws ec2 modify-instance-attribute --instance-id i-1 --disable-api-termination true', 'takes no value'],
  ])('finds what is wrong in %s', (line, problem) => {
    expect(
      callsOf(line)
        .flatMap(call => problemsOfAws(call, operations))
        .join(),
    ).toContain(problem)
  })

  test('reads loops, pipes and nested commands', () => {
    const line = `for r in $(aws ec2 describe-regions --output text); do echo "$r"; aws iam get-user; done | grep -E 'a;b'`
    expect(callsOf(line).map(call => call.slice(0, 3))).toEqual([
      ['aws', 'ec2', 'describe-regions'],
      ['echo', '$r'],
      ['aws', 'iam', 'get-user'],
      ['grep', '-E', 'a;b'],
    ])
  })
})
