import { useFormatter } from 'next-intl'

/** A day of a date field, YYYY-MM-DD, in the reader's words. */
export function useDayName() {
  const format = useFormatter()
  return (day: string | null): string =>
    day === null ? '' : format.dateTime(new Date(`${day}T00:00:00Z`), { dateStyle: 'medium', timeZone: 'UTC' })
}
