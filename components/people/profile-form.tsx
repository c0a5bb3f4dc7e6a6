'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { Select } from '../ui/forms/select'
import { TextField } from '../ui/forms/text-field'
import { sayDone } from '../ui/overlays/toasts'

type Language = 'ja' | 'en'

interface ProfileFormProps {
  name: string
  locale: Language | null
  save: (input: { name: string; locale: Language | null }) => Promise<ActionResult<unknown>>
}

/** The reader's name and language. */
export function ProfileForm({ name: start, locale: startLocale, save }: ProfileFormProps) {
  const t = useTranslations('settings.profile')
  const tCommon = useTranslations('common')
  const router = useRouter()
  const [name, setName] = useState(start)
  const [locale, setLocale] = useState<string>(startLocale ?? 'browser')
  const form = useAction(save, () => {
    sayDone(tCommon('saved'))
    router.refresh()
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit({ name, locale: locale === 'ja' || locale === 'en' ? locale : null })
  }
  return (
    <form onSubmit={submit} noValidate className="flex max-w-md flex-col gap-4">
      <TextField
        label={t('name')}
        autoComplete="name"
        maxLength={100}
        required
        value={name}
        onChange={setName}
        error={form.errorOf('name')}
      />
      <Select
        label={t('language')}
        value={locale}
        options={(['browser', 'ja', 'en'] as const).map(id => ({ id, label: t(`languages.${id}`) }))}
        onChange={setLocale}
        error={form.errorOf('locale')}
      />
      <FormError message={form.otherError('name', 'locale')} />
      <div>
        <Button type="submit" variant="primary" isPending={form.pending}>
          {tCommon('save')}
        </Button>
      </div>
    </form>
  )
}
