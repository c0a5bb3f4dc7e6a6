import known from './resource-types.json'

const types: ReadonlySet<string> = new Set(known.types)

const byLetters: ReadonlyMap<string, string> = new Map([
  ...known.types.map(type => [lettersOf(type), type] as const),
  ...Object.entries(known.otherNames).map(([name, type]) => [lettersOf(name), type] as const),
])

/**
 * A resource type in the spelling of ASFF (AwsEc2Instance), also if the source uses that of CloudFormation
 * (AWS::EC2::Instance) or of Inspector (AWS_EC2_INSTANCE). Other text does not change.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resources.html
 */
export function toResourceType(type: string): string {
  if (types.has(type) || !/^aws/i.test(type)) return type
  const listed = byLetters.get(lettersOf(type))
  if (listed) return listed
  if (/^AWS(::[A-Za-z0-9]+)+$/.test(type)) return type.split('::').map(toPascalCase).join('')
  if (/^AWS(_[A-Z0-9]+)+$/.test(type)) return type.split('_').map(toPascalCase).join('')
  return type
}

function lettersOf(type: string): string {
  return type.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** DBInstance becomes DbInstance, as ASFF writes abbreviations. */
function toPascalCase(word: string): string {
  return word.replace(/[A-Z]+(?=[A-Z][a-z]|[^A-Za-z]|$)/g, run => run.charAt(0) + run.slice(1).toLowerCase())
}
