import { buttonVariants } from '@heroui/styles'
import Link from 'next/link'
import type { ComponentProps } from 'react'

interface LinkButtonProps extends ComponentProps<typeof Link> {
  variant?: 'primary' | 'secondary' | 'ghost'
  size?: 'sm' | 'md'
}

/** A link to another page that looks like a button. */
export function LinkButton({ variant = 'secondary', size = 'md', className = '', ...rest }: LinkButtonProps) {
  return <Link className={`${buttonVariants({ variant, size })} ${className}`} {...rest} />
}
