import 'server-only'
import { z } from 'zod'
import { type Command, type CommandValues, fillCommand, isKnown, placeholdersOf } from '../commands/command'
import { type CommandSubject, commandValuesOf, sequenceValuesOf } from '../commands/command-values'
import { type Identity, identities, identityOf, platformsIn } from './actors'
import table from './steps.json'
import { type Platform, platforms, threatTypeOf } from './threat-type'

export const phases = ['contain', 'preserve', 'eradicate', 'check'] as const
export type Phase = (typeof phases)[number]

/**
 * Steps of each family in their order. `only`: the identities or kinds of resources that a step is for, empty for all.
 * A command is a list of alternatives: the first whose values are all known, else the last. The order of the phases
 * follows NIST SP 800-61 and https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_remediate.html
 */
export const StepTable = z.strictObject({
  families: z.record(z.string(), z.array(z.string()).min(1)),
  steps: z.record(
    z.string(),
    z.strictObject({
      phase: z.enum(phases),
      only: z.array(z.enum([...identities, ...platforms])),
      commands: z.array(z.array(z.string()).min(1)),
    }),
  ),
})

export const PlaybookText = z.strictObject({
  families: z.record(z.string(), z.strictObject({ name: z.string(), meaning: z.string(), harmless: z.string() })),
  steps: z.record(z.string(), z.string()),
  /** What a step breaks or destroys, for every step that does. */
  warnings: z.record(z.string(), z.string()),
})
type Texts = z.infer<typeof PlaybookText>

export interface PlaybookStep {
  id: string
  phase: Phase
  text: string
  /** What the step breaks or destroys; null if nothing. */
  warning: string | null
  commands: Command[]
}

/** Guidance for one threat in one language. */
export interface Playbook {
  family: string
  name: string
  meaning: string
  harmless: string
  steps: PlaybookStep[]
  /** AWS's description of the type of threat; null if there is none. */
  url: string | null
}

const { families, steps } = StepTable.parse(table)

const texts = new Map<string, Promise<Texts>>()

/** The texts are large: they are read on the server, when the first page needs them. */
function textsOf(locale: string): Promise<Texts> {
  const known = texts.get(locale)
  if (known) return known
  const loading = (locale === 'ja' ? import('./text/ja.json') : import('./text/en.json')).then(({ default: raw }) =>
    PlaybookText.parse(raw),
  )
  texts.set(locale, loading)
  return loading
}

/** What a threat means and what to do now, with commands filled in from the finding. */
export async function playbookFor(locale: string, finding: CommandSubject & { control: string }): Promise<Playbook> {
  const text = await textsOf(locale)
  const type = threatTypeOf(finding.control)
  const values = commandValuesOf(finding)
  const named = platformsIn(values, [finding.resourceType, ...sequenceTypes(finding)])
  const others = sequenceValuesOf(finding)
  const about = named.length > 0 ? named : type.platforms
  // A sequence may have several actors of different kinds.
  const identity = others.length > 0 ? null : identityOf(values)
  const family = text.families[type.family] ? type.family : 'other'
  const { name = '', meaning = '', harmless = '' } = text.families[family] ?? {}
  return {
    family,
    name,
    meaning,
    harmless,
    url: type.url,
    steps: (families[family] ?? []).flatMap(id => {
      const step = steps[id]
      if (!step || !concerns(step.only, identity, about)) return []
      const commands = step.commands.flatMap(alternatives => filled(alternatives, values, others))
      const once = [...new Map(commands.map(command => [command.text, command])).values()]
      return [{ id, phase: step.phase, text: text.steps[id] ?? '', warning: text.warnings[id] ?? null, commands: once }]
    }),
  }
}

/** A list for every member of a large sequence would hide the next step. */
const MAX_REPEATED = 10

/** A command for the finding, or for each actor or resource of its attack sequence that the command is about. */
function filled(alternatives: string[], values: CommandValues, others: readonly CommandValues[]): Command[] {
  const known = (of: CommandValues) => alternatives.find(each => isKnown(each, of))
  const own = known(values)
  const each = others.flatMap(of => {
    const template = known(of)
    return template !== undefined && placeholdersOf(template).length > 0 ? [fillCommand(template, of)] : []
  })
  if (each.length > 0) return each.slice(0, MAX_REPEATED)
  return [fillCommand(own ?? alternatives.at(-1) ?? '', values)]
}

/** The types of the resources of an attack sequence, whose own resource is only the sequence. */
function sequenceTypes({ facts, otherResources }: CommandSubject): string[] {
  return facts?.kind === 'threat' && facts.sequence ? otherResources.map(({ type }) => type) : []
}

/** Whether a step is for what the finding is about; a step stays where the finding does not show it. */
function concerns(only: readonly string[], identity: Identity | null, about: readonly Platform[] | null): boolean {
  const [who, where] = [only.filter(isIdentity), only.filter(each => !isIdentity(each))]
  const isWho = who.length === 0 || identity === null || who.includes(identity)
  return isWho && (where.length === 0 || about === null || where.some(each => about.some(one => one === each)))
}

function isIdentity(name: string): boolean {
  return identities.some(each => each === name)
}
