'use client'

import { useRouter } from 'next/navigation'
import { useFormatter, useTranslations } from 'next-intl'
import { type ConfirmContacts, type ContactsView, contactKinds, isAnySet } from '@/lib/domain/accounts/contacts'
import { visibleText } from '@/lib/domain/text/visible-text'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { Panel } from '../ui/layout/panel'
import { sayDone } from '../ui/overlays/toasts'

interface ContactsPanelProps {
  id: string
  view: ContactsView
  /** Whether somebody has to confirm them. */
  due: boolean
  confirm: (input: ConfirmContacts) => Promise<ActionResult<unknown>>
}

/** The alternate contacts of an account, which somebody confirms once a year. */
export function ContactsPanel({ id, view: { contacts, confirmedAt, confirmedBy }, due, confirm }: ContactsPanelProps) {
  const t = useTranslations('account.contacts')
  const format = useFormatter()
  const router = useRouter()
  const form = useAction(confirm, () => {
    sayDone(t('done'))
    router.refresh()
  })
  const date = confirmedAt && format.dateTime(confirmedAt, { dateStyle: 'medium' })
  return (
    <Panel id="contacts" title={t('title')}>
      <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-3">
        {contactKinds.map(kind => {
          const contact = contacts[kind]
          return (
            <div key={kind} className="min-w-0">
              <dt className="text-muted text-xs">{t(`kinds.${kind}`)}</dt>
              <dd className="break-words">
                {contact ? visibleText([contact.name, contact.title].filter(Boolean).join(', ')) : t('unset')}
                {contact?.email ? <div className="break-all text-xs">{visibleText(contact.email)}</div> : null}
              </dd>
            </div>
          )
        })}
      </dl>
      <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1">
        {isAnySet(contacts) ? (
          <Button variant={due ? 'primary' : 'secondary'} isPending={form.pending} onPress={() => form.submit({ id })}>
            {t('confirm')}
          </Button>
        ) : null}
        <span className={due ? 'text-warning' : 'text-muted text-xs'}>
          {date
            ? t(due ? 'overdue' : 'confirmed', { date, name: visibleText(confirmedBy) || t('someone') })
            : t(isAnySet(contacts) ? 'never' : 'noneSet')}
        </span>
      </div>
      <FormError message={form.errorOf('') ?? form.otherError('')} />
    </Panel>
  )
}
