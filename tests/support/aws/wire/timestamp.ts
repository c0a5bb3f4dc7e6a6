import type { Shape, TimestampFormat } from './shape'

/** A date as its member or its protocol writes it. */
export function timestamp(shape: Shape, value: unknown, usual: Exclude<TimestampFormat, 'default'>): string | number {
  const date = value instanceof Date ? value : new Date(String(value))
  const format = shape.format === 'default' ? usual : shape.format
  if (format === 'epoch-seconds') return date.getTime() / 1000
  return format === 'http-date' ? date.toUTCString() : date.toISOString()
}

export function dateOf(value: string | number): Date {
  const seconds = Number(value)
  return Number.isNaN(seconds) ? new Date(value) : new Date(seconds * 1000)
}
