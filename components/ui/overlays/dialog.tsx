'use client'

import { Modal } from '@heroui/react'
import { X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactNode, useState } from 'react'
import { Button } from '../button'
import { useFocusOnError, useTypedText } from '../forms/typed-text'

interface DialogProps {
  title: ReactNode
  open: boolean
  onOpenChange: (open: boolean) => void
  children: ReactNode
  size?: 'sm' | 'md' | 'lg' | 'xl'
  /** Requires an explicit answer: a press outside does not close it. */
  alert?: boolean
  /** Whether it opens over a dialog elsewhere in the component tree, which would otherwise keep the focus. */
  onTop?: boolean
  /** For search fields: closing never asks. */
  searchOnly?: boolean
  /** Discards the typed text. */
  onDiscard?: () => void
}

/**
 * A dialog over the page: focus stays inside and returns to where it was. Escape closes; once something was typed, a
 * press outside does nothing, and Escape and the close button ask first.
 */
export function Dialog(props: DialogProps) {
  const { title, open, onOpenChange, children, size = 'md', alert = false, onTop = false } = props
  const { searchOnly = false, onDiscard } = props
  const t = useTranslations('common')
  const [asking, setAsking] = useState(false)
  const { onFocusCapture, isTyped } = useTypedText(open)
  const onSubmitCapture = useFocusOnError()
  const mustAsk = () => !searchOnly && isTyped()
  function close() {
    if (mustAsk()) setAsking(true)
    else onOpenChange(false)
  }
  return (
    <Modal.Backdrop
      isOpen={open}
      onOpenChange={next => (next ? onOpenChange(true) : close())}
      isDismissable={!alert}
      shouldCloseOnInteractOutside={() => !mustAsk()}
    >
      <Modal.Container size={size === 'xl' ? 'lg' : size} placement="center">
        <Modal.Dialog
          role={alert ? 'alertdialog' : 'dialog'}
          className={size === 'xl' ? 'max-w-2xl' : ''}
          {...(onTop ? { 'data-react-aria-top-layer': true } : {})}
        >
          <Modal.Header className="pe-8">
            <Modal.Heading className="font-semibold">{title}</Modal.Heading>
          </Modal.Header>
          <Modal.Body>
            <div onFocusCapture={onFocusCapture} onSubmitCapture={onSubmitCapture}>
              {children}
            </div>
            <DiscardDialog
              open={asking}
              onKeep={() => setAsking(false)}
              onDiscard={() => {
                setAsking(false)
                onDiscard?.()
                onOpenChange(false)
              }}
            />
          </Modal.Body>
          <Button
            variant="ghost"
            size="sm"
            isIconOnly
            aria-label={t('close')}
            className="absolute end-3 top-3"
            onPress={close}
          >
            <X aria-hidden />
          </Button>
        </Modal.Dialog>
      </Modal.Container>
    </Modal.Backdrop>
  )
}

interface DiscardDialogProps {
  open: boolean
  onKeep: () => void
  onDiscard: () => void
}

/** Asks whether the typed text may be discarded. */
function DiscardDialog({ open, onKeep, onDiscard }: DiscardDialogProps) {
  const t = useTranslations('common.discard')
  return (
    <Modal.Backdrop isOpen={open} onOpenChange={onKeep} isDismissable={false}>
      <Modal.Container size="sm" placement="center">
        <Modal.Dialog role="alertdialog" data-react-aria-top-layer>
          <Modal.Header>
            <Modal.Heading className="font-semibold">{t('title')}</Modal.Heading>
          </Modal.Header>
          <Modal.Body>
            <p className="text-muted">{t('text')}</p>
            <DialogActions>
              <Button onPress={onDiscard}>{t('do')}</Button>
              <Button variant="primary" autoFocus onPress={onKeep}>
                {t('keep')}
              </Button>
            </DialogActions>
          </Modal.Body>
        </Modal.Dialog>
      </Modal.Container>
    </Modal.Backdrop>
  )
}

/** The buttons of a dialog, the confirming one last. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-4 flex flex-wrap justify-end gap-2">{children}</div>
}
