'use client'

import { useFormatter, useTranslations } from 'next-intl'
import { type ReactNode, useState } from 'react'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import { usePreview } from '../settings/use-preview'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { Panel } from '../ui/layout/panel'
import { RuleList } from '../ui/lists/rule-list'

/** The rules as they are edited, and the place of the one that is open. */
export interface RulePlace<Rule> {
  rules: readonly Rule[]
  at: number
}

interface RulesFormProps<Rule extends { name: string }, Preview, Saved> {
  view: { rules: Rule[]; version: string | null; changedBy: string | null; changedAt: Date | null }
  /** Instead of the list where there are no rules. */
  none: string
  /** What a rule matches, and what it does. */
  matches: (rule: Rule) => ReactNode
  does: (rule: Rule) => ReactNode
  /** The form of one rule; `rule` is null for a new one, at the end of the others. */
  dialog: (rule: Rule | null, onDone: (rule: Rule) => void, onClose: () => void, place: RulePlace<Rule>) => ReactNode
  preview: (rules: Rule[]) => Promise<ActionResult<Preview>>
  shown: (preview: Preview) => ReactNode
  save: (input: { rules: Rule[]; seen: string | null }) => Promise<ActionResult<Saved>>
  onSaved: (saved: Saved) => void
  /** Between the rules and the preview. */
  children?: ReactNode
  /** After who changed the rules last. */
  note?: ReactNode
}

/** Rules in order, to add, edit, move and remove, with a preview of what they change before they are saved. */
export function RulesForm<Rule extends { name: string }, Preview, Saved>(props: RulesFormProps<Rule, Preview, Saved>) {
  const { view, none, matches, does, dialog, shown: words, onSaved, children, note } = props
  const t = useTranslations('settings')
  const common = useTranslations('common')
  const format = useFormatter()
  const [rules, setRules] = useState(view.rules)
  const [editing, setEditing] = useState<number | null>(null)
  const look = usePreview(props.preview)
  const form = useAction(props.save, saved => {
    look.hide()
    onSaved(saved)
  })
  function change(next: Rule[]) {
    setRules(next)
    look.hide()
  }
  function finish(at: number, rule: Rule) {
    change(at < rules.length ? rules.map((each, other) => (other === at ? rule : each)) : [...rules, rule])
    setEditing(null)
  }
  const same = JSON.stringify(rules) === JSON.stringify(view.rules)
  const error = form.errorOf('') ?? look.errorOf('') ?? form.otherError('') ?? look.otherError('')
  return (
    <div className="flex flex-col gap-3.5">
      <Panel title={t('routing.rules')}>
        {rules.length === 0 ? <p className="text-muted">{none}</p> : null}
        <RuleList rules={rules} matches={matches} does={does} onChange={change} onEdit={setEditing} />
        <div className="mt-2">
          <Button onPress={() => setEditing(rules.length)}>{t('routing.add')}</Button>
        </div>
      </Panel>
      {children}
      <div role="status">{look.shown ? <Panel title={t('due-dates.preview')}>{words(look.shown)}</Panel> : null}</div>
      <FormError message={error} />
      <div className="flex flex-wrap items-center gap-3">
        <Button
          variant="primary"
          isDisabled={same}
          isPending={look.pending || form.pending}
          onPress={() => (look.shown ? form.submit({ rules, seen: view.version }) : look.submit(rules))}
        >
          {look.shown ? common('save') : t('due-dates.show')}
        </Button>
        {view.changedAt ? (
          <span className="text-muted text-xs">
            {t('due-dates.changedBy', {
              name: view.changedBy ?? '',
              time: format.dateTime(view.changedAt, { dateStyle: 'medium', timeStyle: 'short' }),
            })}{' '}
            {note}
          </span>
        ) : null}
      </div>
      {editing === null
        ? null
        : dialog(
            rules[editing] ?? null,
            rule => finish(editing, rule),
            () => setEditing(null),
            { rules, at: editing },
          )}
    </div>
  )
}
