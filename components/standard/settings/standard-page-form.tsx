'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { z } from 'zod'
import type { SaveStandardPage, StandardPage } from '@/lib/domain/standard/settings'
import type { Changed } from '@/lib/domain/standard/views'
import { FormError } from '../../settings/form-error'
import { useAction } from '../../settings/use-action'
import type { ActionResult } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { Checkbox } from '../../ui/forms/checkbox'
import { TextField } from '../../ui/forms/text-field'
import { Panel } from '../../ui/layout/panel'
import { LinkButton } from '../../ui/link-button'
import { sayDone } from '../../ui/overlays/toasts'
import { ChangedBy } from './changed-by'

interface StandardPageFormProps {
  view: Changed<StandardPage>
  save: (input: z.input<typeof SaveStandardPage>) => Promise<ActionResult<unknown>>
}

const languages = ['ja', 'en'] as const

/** The text of the published page in both languages. */
export function StandardPageForm({ view, save }: StandardPageFormProps) {
  const t = useTranslations('settings.standard')
  const tCommon = useTranslations('common')
  const [page, setPage] = useState(view.value)
  const form = useAction(save, () => sayDone(tCommon('saved')))
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit({ page, seen: view.version })
  }
  return (
    <Panel title={t('page')} aside={<ChangedBy view={view} />}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <p className="text-muted text-xs">{t('pageHint')}</p>
        <div className="grid gap-4 lg:grid-cols-2">
          {languages.map(language => (
            <div key={language} className="flex flex-col gap-4">
              <TextField
                label={t(`pageTitle.${language}`)}
                value={page.title[language]}
                maxLength={120}
                onChange={text => setPage({ ...page, title: { ...page.title, [language]: text } })}
              />
              <TextField
                label={t(`introduction.${language}`)}
                rows={6}
                value={page.introduction[language]}
                maxLength={5000}
                onChange={text => setPage({ ...page, introduction: { ...page.introduction, [language]: text } })}
              />
            </div>
          ))}
        </div>
        <Checkbox
          label={t('published')}
          checked={page.published}
          onChange={published => setPage({ ...page, published })}
        />
        <FormError message={form.otherError()} />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="primary" isPending={form.pending}>
            {tCommon('save')}
          </Button>
          <LinkButton href="/standard/document">{t('open')}</LinkButton>
        </div>
      </form>
    </Panel>
  )
}
