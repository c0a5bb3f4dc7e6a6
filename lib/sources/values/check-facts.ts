import type { CheckFacts } from '../../domain/findings/facts'
import { looseText, looseTexts } from './loose'
import { httpUrl } from './text'

const MAX_TEXT = 4000
const MAX_FRAMEWORKS = 80
const MAX_IDS = 60
const MAX_LINKS = 20

/** What a tool writes about one of its checks; anything of another shape is left out. */
interface Reported {
  categories?: unknown
  /** Ids of requirements by framework. */
  frameworks?: readonly (readonly [name: string, ids: unknown])[]
  cli?: unknown
  terraform?: unknown
  cloudFormation?: unknown
  other?: unknown
  references?: readonly unknown[]
}

/** How to fix what a check found, and the requirements that it proves; null if the tool says nothing of them. */
export function toCheckFacts(reported: Reported): CheckFacts | null {
  const facts: CheckFacts = {
    kind: 'check',
    categories: looseTexts(reported.categories, MAX_LINKS),
    frameworks: (reported.frameworks ?? []).slice(0, MAX_FRAMEWORKS).flatMap(([name, ids]) => {
      const [framework, requirements] = [looseText(name, 200), looseTexts(ids, MAX_IDS)]
      return framework === null || requirements.length === 0 ? [] : [{ name: framework, ids: requirements }]
    }),
    cli: looseText(reported.cli, MAX_TEXT),
    terraform: looseText(reported.terraform, MAX_TEXT),
    cloudFormation: looseText(reported.cloudFormation, MAX_TEXT),
    other: looseText(reported.other, MAX_TEXT),
    references: [...new Set((reported.references ?? []).map(httpUrl).filter(Boolean))].slice(0, MAX_LINKS),
  }
  const { kind: _, ...rest } = facts
  return Object.values(rest).some(value => (Array.isArray(value) ? value.length > 0 : value !== null)) ? facts : null
}

/** The frameworks of Prowler's CSV: `CIS-3.0: 1.4, 1.5 | ISO27001-2022: A.5.6`. */
export function frameworksIn(text: string): [name: string, ids: string[]][] {
  return text.split('|').flatMap((part): [string, string[]][] => {
    const at = part.indexOf(':')
    if (at < 1) return []
    const ids = part.slice(at + 1).split(',')
    return [[part.slice(0, at).trim(), ids.map(id => id.trim()).filter(Boolean)]]
  })
}

/** Snippets that Prowler 4 wrote among the references of OCSF, by what they look like. */
export function snippetsIn(references: readonly unknown[]) {
  const texts = references.flatMap(each => (typeof each === 'string' && httpUrl(each) === '' ? [each.trim()] : []))
  const found = (pattern: RegExp) => texts.find(text => pattern.test(text))
  return {
    cli: found(/^(?:```\w*\s*)?aws\s/),
    terraform: found(/\bresource\s+"/),
    cloudFormation: found(/\bResources:|"Resources"/),
  }
}
