'use client'

import { type ComponentProps, useRef } from 'react'
import { Button } from '../button'

interface FileButtonProps extends Pick<ComponentProps<typeof Button>, 'variant' | 'size'> {
  label: string
  /** Extensions and media types, separated by commas. */
  accept?: string
  multiple?: boolean
  isPending?: boolean
  onChoose: (files: File[]) => void
}

/** A button that chooses files. The browser's own control would speak the browser's language, not the reader's. */
export function FileButton({ label, accept, multiple = false, onChoose, isPending = false, ...look }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button {...look} isPending={isPending} onPress={() => input.current?.click()}>
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple={multiple}
        accept={accept}
        aria-label={label}
        onChange={event => {
          const files = [...(event.target.files ?? [])]
          // So that the same file can be chosen again.
          event.target.value = ''
          onChoose(files)
        }}
      />
    </>
  )
}
