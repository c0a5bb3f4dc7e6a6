'use client'

import { Modal } from '@heroui/react'
import { X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Button } from './button'

interface DialogProps {
  title: ReactNode
  open: boolean
  onOpenChange: (open: boolean) => void
  children: ReactNode
  size?: 'sm' | 'md' | 'lg'
  /** Where the answer must be explicit: no closing by a press outside. */
  alert?: boolean
  /** Whether it opens over a dialog elsewhere in the tree of components, which would otherwise keep the focus to itself. */
  onTop?: boolean
}

/** A dialog over the page: focus stays inside, Escape closes, focus returns to where it was. */
export function Dialog({
  title,
  open,
  onOpenChange,
  children,
  size = 'md',
  alert = false,
  onTop = false,
}: DialogProps) {
  const t = useTranslations('common')
  return (
    <Modal.Backdrop isOpen={open} onOpenChange={onOpenChange} isDismissable={!alert}>
      <Modal.Container size={size} placement="center">
        <Modal.Dialog role={alert ? 'alertdialog' : 'dialog'} {...(onTop ? { 'data-react-aria-top-layer': true } : {})}>
          <Modal.Header className="pe-8">
            <Modal.Heading className="font-semibold">{title}</Modal.Heading>
          </Modal.Header>
          <Modal.Body>{children}</Modal.Body>
          <Button
            variant="ghost"
            size="sm"
            isIconOnly
            aria-label={t('close')}
            className="absolute end-3 top-3"
            onPress={() => onOpenChange(false)}
          >
            <X aria-hidden />
          </Button>
        </Modal.Dialog>
      </Modal.Container>
    </Modal.Backdrop>
  )
}

/** The row of buttons at a dialog's foot: the answer last. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-4 flex flex-wrap justify-end gap-2">{children}</div>
}
