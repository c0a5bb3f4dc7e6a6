'use client'

import { Button as HeroButton, Spinner } from '@heroui/react'
import type { ComponentProps, ReactNode } from 'react'

type HeroProps = ComponentProps<typeof HeroButton>

interface ButtonProps extends Omit<HeroProps, 'children' | 'variant'> {
  children: ReactNode
  variant?: 'primary' | 'secondary' | 'ghost' | 'danger'
}

/** A button. While `isPending` it keeps its label, shows a spinner and ignores presses. */
export function Button({ children, variant = 'secondary', isPending, ...rest }: ButtonProps) {
  return (
    <HeroButton variant={variant} {...(isPending === undefined ? {} : { isPending })} {...rest}>
      {isPending ? <Spinner size="sm" color="current" /> : null}
      {children}
    </HeroButton>
  )
}
