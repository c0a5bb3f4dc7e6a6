'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import type { SavePrice } from '@/lib/domain/feeds/sources'
import { FormError } from '../settings/form-error'
import { useAction } from '../settings/use-action'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { TextField } from '../ui/forms/text-field'
import { Dialog, DialogActions } from '../ui/overlays/dialog'
import { sayDone } from '../ui/overlays/toasts'

interface PriceDialogProps extends Pick<SavePrice, 'source' | 'price'> {
  name: string
  save: (input: SavePrice) => Promise<ActionResult<unknown>>
}

/** The button and the form for what a source costs. */
export function PriceDialog(props: PriceDialogProps) {
  const { name, price } = props
  const t = useTranslations('sources')
  const [open, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        className="min-h-6 cursor-pointer text-accent text-xs hover:underline"
        onClick={() => setOpen(true)}
      >
        {price ? t('changePrice') : t('addPrice')}
        <span className="sr-only"> ({name})</span>
      </button>
      <Dialog title={t('priceOf', { name })} open={open} onOpenChange={setOpen} size="sm">
        <PriceForm {...props} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  )
}

function PriceForm({ source, price, save, onDone }: PriceDialogProps & { onDone: () => void }) {
  const t = useTranslations()
  const router = useRouter()
  const [seen] = useState(price)
  const [text, setText] = useState(price)
  const form = useAction(save, () => {
    sayDone(t('common.saved'))
    onDone()
    router.refresh()
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    form.submit({ source, price: text, seen })
  }
  return (
    <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-4">
      <TextField
        label={t('sources.price')}
        description={t('sources.priceHint')}
        value={text}
        onChange={setText}
        maxLength={60}
        error={form.errorOf('price')}
        autoFocus
      />
      <FormError message={form.otherError('price')} />
      <DialogActions>
        <Button onPress={onDone}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" isPending={form.pending}>
          {t('common.save')}
        </Button>
      </DialogActions>
    </form>
  )
}
