'use client'

import { useFormatter, useTranslations } from 'next-intl'
import type { z } from 'zod'
import { categories } from '@/lib/domain/controls/categories'
import { defaultTeamOf } from '@/lib/domain/people/team'
import { defaultKinds, type RoutingRules, type SaveRouting } from '@/lib/domain/policies/routing'
import type { RoutingPreview, RoutingView } from '@/lib/domain/policies/views'
import { useTeamName, useTeams } from '../teams/teams-context'
import type { ActionResult } from '../ui/action-result'
import type { Option } from '../ui/forms/select'
import { Panel } from '../ui/layout/panel'
import { sayDone } from '../ui/overlays/toasts'
import { emptyRule, RoutingRuleDialog } from './routing-rule-dialog'
import { RuleWords } from './routing-words'
import { RulesForm } from './rules-form'

interface RoutingFormProps {
  view: RoutingView
  accounts: readonly Option[]
  people: readonly Option[]
  preview: (input: z.input<typeof RoutingRules>) => Promise<ActionResult<RoutingPreview>>
  save: (input: z.input<typeof SaveRouting>) => Promise<ActionResult<unknown>>
}

/** The organization's rules in order, to add, edit, move and remove, with a preview before they are saved. */
export function RoutingForm({ view, accounts, people, preview, save }: RoutingFormProps) {
  const t = useTranslations('settings.routing')
  const teams = useTeams()
  const teamName = useTeamName()
  const nameOf = (id: string) => people.find(person => person.id === id)?.label ?? t('gone')
  return (
    <RulesForm
      view={view}
      none={t('none')}
      matches={rule => <RuleWords rule={rule} accounts={accounts} />}
      does={rule => (
        <>
          → {teamName(rule.team)}
          {rule.owner ? <span className="text-muted"> {nameOf(rule.owner)}</span> : null}
        </>
      )}
      dialog={(rule, onDone, onClose) => (
        <RoutingRuleDialog
          start={rule ?? { ...emptyRule, team: defaultTeamOf(teams, 'infrastructure') }}
          accounts={accounts}
          people={people}
          onDone={onDone}
          onClose={onClose}
        />
      )}
      preview={preview}
      shown={moves => <Moves preview={moves} />}
      save={save}
      onSaved={() => sayDone(t('saved'))}
      note={t(view.moving ? 'moving' : 'movedAll', { count: view.moved })}
    >
      <DefaultTeams />
    </RulesForm>
  )
}

/** The teams of findings that no rule matches. */
function DefaultTeams() {
  const t = useTranslations()
  const teams = useTeams()
  const teamName = useTeamName()
  return (
    <Panel title={t('settings.routing.defaults')}>
      <p className="mb-2 text-muted text-xs">{t('settings.routing.defaultsHint')}</p>
      <ul className="grid gap-x-6 gap-y-0.5 sm:grid-cols-2">
        {categories.map(category => {
          const kind = defaultKinds[category]
          return (
            <li key={category} className="flex justify-between gap-3">
              <span>{t(`category.${category}`)}</span>
              <span className={kind ? '' : 'text-muted'}>
                {kind ? teamName(defaultTeamOf(teams, kind)) : t('settings.routing.accountTeam')}
              </span>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}

/** How many findings the rules would move, and between which teams. */
function Moves({ preview: { moved, moves, assigned, unmoved } }: { preview: RoutingPreview }) {
  const t = useTranslations('settings')
  const format = useFormatter()
  const teamName = useTeamName()
  return (
    <>
      <p className="font-semibold">{t('routing.moves', { count: moved })}</p>
      <ul>
        {moves.map(({ from, to, count }) => (
          <li key={`${from}-${to}`}>
            {teamName(from)} → {teamName(to)}: {format.number(count)}
          </li>
        ))}
      </ul>
      {assigned > 0 ? <p>{t('routing.assigned', { count: assigned })}</p> : null}
      <p className="text-muted">{t('due-dates.unmoved', { count: unmoved })}</p>
    </>
  )
}
