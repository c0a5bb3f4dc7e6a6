import 'server-only'
import { z } from 'zod'
import { type Command, fillCommand } from '../../commands/command'
import { type CommandSubject, commandValuesOf } from '../../commands/command-values'
import table from './commands.json'
import families from './families/table.json'

/**
 * Commands by control, the same in every language, and controls whose explanation is that of another. A control with a
 * type of resource behind it (access-analyzer/ExternalAccess/AWS::S3::Bucket) comes before the control alone.
 */
export const ControlCommands = z.strictObject({
  commands: z.record(z.string(), z.array(z.string())),
  same: z.record(z.string(), z.string()),
})

/**
 * Explanations that many controls share, such as that of encryption at rest, with the commands of each control. Every
 * canonical control has one of its own or is in one of these.
 */
export const Families = z.record(z.string(), z.record(z.string(), z.array(z.string())))

export const Explanations = z.record(
  z.string(),
  z.strictObject({ risk: z.string(), harmless: z.string(), do: z.string() }),
)
type Texts = z.infer<typeof Explanations>

/** A control in plain words, in one language. */
export interface Explanation {
  /** What can happen. */
  risk: string
  /** When it is no problem. */
  harmless: string
  do: string
  commands: Command[]
}

const { commands, same } = ControlCommands.parse(table)
const FAMILY = 'family/'
const members = Object.entries(Families.parse(families)).flatMap(([family, controls]) =>
  Object.entries(controls).map(([control, lines]) => ({ family, control: plain(control), lines })),
)
const ofMembers = new Map(members.map(({ control, lines }) => [control, lines]))
const keys = new Map([
  ...members.map(({ family, control }): [string, string] => [control, `${FAMILY}${family}`]),
  ...Object.keys(commands).map((key): [string, string] => [plain(key), key]),
  ...Object.entries(same).map(([key, other]): [string, string] => [plain(key), other]),
])

/** One spelling for types of resources: findings have AwsS3Bucket where the table has AWS::S3::Bucket. */
function plain(key: string): string {
  return key.toLowerCase().replaceAll(':', '')
}

const texts = new Map<string, Promise<Texts>>()

/** The texts are large: they are read on the server, when the first page needs them. */
function textsOf(locale: string): Promise<Texts> {
  const known = texts.get(locale)
  if (known) return known
  const files =
    locale === 'ja'
      ? [import('./explanations.ja.json'), import('./families/ja.json')]
      : [import('./explanations.en.json'), import('./families/en.json')]
  const loading = Promise.all(files).then(([own, shared]) => ({
    ...Explanations.parse(own?.default),
    ...Object.fromEntries(
      Object.entries(Explanations.parse(shared?.default)).map(([family, text]) => [`${FAMILY}${family}`, text]),
    ),
  }))
  texts.set(locale, loading)
  return loading
}

/** The key of the explanation of a control; null for a control without one. */
export function explanationKey({ control, resourceType }: { control: string; resourceType: string }): string | null {
  return keys.get(plain(`${control}/${resourceType}`)) ?? keys.get(plain(control)) ?? null
}

/** What can happen where a control fails, and what to do; null for a control without an explanation. */
export async function controlExplanation(
  locale: string,
  control: string,
): Promise<Omit<Explanation, 'commands'> | null> {
  const key = explanationKey({ control, resourceType: '' })
  return key === null ? null : ((await textsOf(locale))[key] ?? null)
}

/** The explanation of a finding's control, with commands filled in from the finding; null if there is none. */
export async function explanationFor(
  locale: string,
  finding: CommandSubject & { control: string },
): Promise<Explanation | null> {
  const key = explanationKey(finding)
  const text = key === null ? undefined : (await textsOf(locale))[key]
  if (key === null || !text) return null
  const values = commandValuesOf(finding)
  const lines = commands[key] ?? ofMembers.get(plain(finding.control)) ?? []
  return { ...text, commands: lines.map(template => fillCommand(template, values)) }
}
