import { useTranslations } from 'next-intl'
import type { numericLimits, StandardLimits } from '@/lib/domain/standard/limits'

/** The limit of a check in words; null where it has none. */
export function useLimit(check: string, limits: StandardLimits): string | null {
  const t = useTranslations('standard.document.limit')
  const name = LIMITS[check]
  if (name === undefined) return null
  if (name === 'accountTags' || name === 'contactDomains') {
    return limits[name].length === 0 ? null : t(name, { value: limits[name].join(', ') })
  }
  return t(name, { value: limits[name] })
}

const LIMITS: Readonly<Record<string, (typeof numericLimits)[number] | 'accountTags' | 'contactDomains'>> = {
  'root-not-used': 'rootUnusedDays',
  'key-rotation': 'keyRotationDays',
  'unused-credentials': 'unusedDays',
  'password-policy': 'passwordLength',
  'trail-retention': 'logRetentionDays',
  'account-tags': 'accountTags',
  'security-contact': 'contactDomains',
}
