'use client'

import { useFormatter, useTranslations } from 'next-intl'
import { useState } from 'react'
import type { z } from 'zod'
import { categories } from '@/lib/domain/controls/categories'
import { defaultTeamOf } from '@/lib/domain/people/team'
import { defaultKinds, type RoutingRule, type RoutingRules, type SaveRouting } from '@/lib/domain/policies/routing'
import type { RoutingPreview, RoutingView } from '@/lib/domain/policies/views'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import { useTeamName, useTeams } from '../teams/teams-context'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import type { Option } from '../ui/forms/select'
import { Panel } from '../ui/layout/panel'
import { RuleList } from '../ui/lists/rule-list'
import { sayDone } from '../ui/overlays/toasts'
import { emptyRule, RoutingRuleDialog } from './routing-rule-dialog'
import { RuleWords } from './routing-words'

interface RoutingFormProps {
  view: RoutingView
  accounts: readonly Option[]
  people: readonly Option[]
  preview: (input: z.input<typeof RoutingRules>) => Promise<ActionResult<RoutingPreview>>
  save: (input: z.input<typeof SaveRouting>) => Promise<ActionResult<unknown>>
}

/** The organization's rules in order, to add, edit, move and remove, with a preview before they are saved. */
export function RoutingForm({ view, accounts, people, preview, save }: RoutingFormProps) {
  const t = useTranslations()
  const format = useFormatter()
  const teams = useTeams()
  const teamName = useTeamName()
  const [rules, setRules] = useState(view.rules)
  const [editing, setEditing] = useState<number | null>(null)
  const [shown, setShown] = useState<RoutingPreview | null>(null)
  const look = useAction(preview, setShown)
  const form = useAction(save, () => {
    setShown(null)
    sayDone(t('settings.routing.saved'))
  })
  function change(next: RoutingRule[]) {
    setRules(next)
    setShown(null)
  }
  const same = JSON.stringify(rules) === JSON.stringify(view.rules)
  const nameOf = (id: string) => people.find(person => person.id === id)?.label ?? t('settings.routing.gone')
  const error = form.errorOf('') ?? look.errorOf('') ?? form.otherError('') ?? look.otherError('')
  return (
    <div className="flex flex-col gap-3.5">
      <Panel title={t('settings.routing.rules')}>
        {rules.length === 0 ? <p className="text-muted">{t('settings.routing.none')}</p> : null}
        <RuleList
          rules={rules}
          matches={rule => <RuleWords rule={rule} accounts={accounts} />}
          does={rule => (
            <>
              → {teamName(rule.team)}
              {rule.owner ? <span className="text-muted"> {nameOf(rule.owner)}</span> : null}
            </>
          )}
          onChange={change}
          onEdit={setEditing}
        />
        <div className="mt-2">
          <Button onPress={() => setEditing(rules.length)}>{t('settings.routing.add')}</Button>
        </div>
      </Panel>
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
      <div role="status">
        {shown ? (
          <Panel title={t('settings.due-dates.preview')}>
            <p className="font-semibold">{t('settings.routing.moves', { count: shown.moved })}</p>
            <ul>
              {shown.moves.map(({ from, to, count }) => (
                <li key={`${from}-${to}`}>
                  {teamName(from)} → {teamName(to)}: {format.number(count)}
                </li>
              ))}
            </ul>
            {shown.assigned > 0 ? <p>{t('settings.routing.assigned', { count: shown.assigned })}</p> : null}
            <p className="text-muted">{t('settings.due-dates.unmoved', { count: shown.unmoved })}</p>
          </Panel>
        ) : null}
      </div>
      <FormError message={error} />
      <div className="flex flex-wrap items-center gap-3">
        <Button
          variant="primary"
          isDisabled={same}
          isPending={look.pending || form.pending}
          onPress={() => (shown ? form.submit({ rules, seen: view.version }) : look.submit(rules))}
        >
          {t(shown ? 'common.save' : 'settings.due-dates.show')}
        </Button>
        {view.changedAt ? (
          <span className="text-muted text-xs">
            {t('settings.due-dates.changedBy', {
              name: view.changedBy ?? '',
              time: format.dateTime(view.changedAt, { dateStyle: 'medium', timeStyle: 'short' }),
            })}{' '}
            {t(view.moving ? 'settings.routing.moving' : 'settings.routing.movedAll', { count: view.moved })}
          </span>
        ) : null}
      </div>
      {editing === null ? null : (
        <RoutingRuleDialog
          start={rules[editing] ?? { ...emptyRule, team: defaultTeamOf(teams, 'infrastructure') }}
          accounts={accounts}
          people={people}
          onClose={() => setEditing(null)}
          onDone={rule => {
            change(editing < rules.length ? rules.map((each, at) => (at === editing ? rule : each)) : [...rules, rule])
            setEditing(null)
          }}
        />
      )}
    </div>
  )
}
