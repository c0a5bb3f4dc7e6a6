import { useTranslations } from 'next-intl'
import type { Notice } from '@/lib/domain/people/notices'

/** A notice in one line. */
export function NoticeText({ notice }: { notice: Notice }) {
  const t = useTranslations()
  const { action, name, role } = notice
  const roleName = (id: string) => (t.has(`roles.${id}`) ? t(`roles.${id}`) : id)
  if (role) return t('notices.role', { before: roleName(role.before), after: roleName(role.after) })
  const what = t(`notices.kinds.${action}`)
  return name ? t('notices.named', { what, name }) : what
}
