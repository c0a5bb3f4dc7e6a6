import type { Entrance } from './entrances/entrances'
import { takesAcl } from './entrances/kinds'
import type { Rung } from './ladder'
import { type Problem, problemIds } from './operation/problems'
import type { EffectiveRule } from './rules/effects'
import type { AclState, WafState } from './state'

/** Steps to the next rung. Each has a sentence in messages (waf.next), with the values of the step. */
export const nextSteps = [
  'read_waf',
  'put_before',
  'create_acl',
  'associate_acl',
  'create_own_acl',
  'add_groups',
  'set_group_action',
  'set_rule_action',
  'remove_overrides',
  'narrow_allow',
  'read_group',
  ...problemIds,
  'keep',
] as const

export interface NextStep {
  readonly step: (typeof nextSteps)[number]
  readonly values: Readonly<Record<string, string | number>>
}

interface Standing {
  readonly rung: Rung | null
  readonly acl: AclState | null
  readonly problems: readonly Problem[]
  readonly state: WafState
}

/** The step that brings an entrance to the next rung: the one setting that has to be changed first. */
export function nextStep(entrance: Entrance, { rung, acl, problems, state }: Standing): NextStep {
  const name = acl?.resource.name ?? ''
  if (!acl) return stepWithoutAcl(entrance, rung, state)
  const { rules, broad } = acl.judged
  const step = rung === 'counting' || rung === 'partly_blocking' ? stepOfRules(name, rules, broad) : null
  if (step) return step
  if (rung === null) {
    const unknown = rules.find(({ effect }) => effect === 'unknown')
    return { step: 'read_group', values: { acl: name, rule: unknown?.name ?? '', group: unknown?.group?.name ?? '' } }
  }
  if (rung === 'empty') return { step: 'add_groups', values: { acl: name } }
  const [problem] = problems
  return problem
    ? { step: problem.id, values: { acl: name, ...problem.seen } }
    : { step: 'keep', values: { acl: name } }
}

function stepWithoutAcl(entrance: Entrance, rung: Rung | null, state: WafState): NextStep {
  const { kind, resource, behind } = entrance
  if (rung === null) return { step: 'read_waf', values: { region: resource.region } }
  if (!takesAcl(kind)) return { step: 'put_before', values: { name: resource.name } }
  if (behind?.by === 'vendor') return { step: 'create_own_acl', values: { name: resource.name, vendor: behind.vendor } }
  // One that blocks already is worth more than a new one.
  const region = kind === 'cloudfront' ? 'global' : resource.region
  const ready = state.acls.find(one => one.resource.region === region && one.judged.mode === 'blocking')
  if (ready) return { step: 'associate_acl', values: { name: resource.name, acl: ready.resource.name } }
  return { step: 'create_acl', values: { name: resource.name } }
}

/** At most as many names as a sentence can hold. */
const NAMES = 3

function stepOfRules(acl: string, rules: readonly EffectiveRule[], broad: EffectiveRule | null): NextStep | null {
  if (broad) return { step: 'narrow_allow', values: { acl, rule: broad.name } }
  const counting = rules.find(({ effect }) => effect === 'count') ?? null
  const mixed = rules.find(({ effect }) => effect === 'mixed')
  if (counting?.group?.overridden) {
    return { step: 'set_group_action', values: { acl, rule: counting.name, group: counting.group.name } }
  }
  const inner = counting?.group ? counting : mixed
  if (!counting || counting.group) {
    if (inner) return overrides(acl, inner)
    const unknown = rules.find(({ effect }) => effect === 'unknown')
    if (unknown) return { step: 'read_group', values: { acl, rule: unknown.name, group: unknown.group?.name ?? '' } }
    const labels = rules.find(({ effect }) => effect === 'labels')
    return labels ? { step: 'set_rule_action', values: { acl, rule: labels.name } } : null
  }
  return { step: 'set_rule_action', values: { acl, rule: counting.name } }
}

function overrides(acl: string, { name, group, counting, allowing }: EffectiveRule): NextStep {
  const all = [...allowing, ...counting]
  const shown = all.slice(0, NAMES).join(', ')
  const values = { acl, rule: name, group: group?.name ?? '', inner: shown, more: Math.max(0, all.length - NAMES) }
  return { step: 'remove_overrides', values }
}
