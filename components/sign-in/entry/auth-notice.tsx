import { useTranslations } from 'next-intl'
import { LinkButton } from '../../ui/link-button'

interface AuthNoticeProps {
  kind: 'setupDone' | 'setupWrong' | 'setupFind' | 'inviteSpent' | 'linkMissing' | 'scriptNeeded'
  /** Whether it links to the sign-in page. */
  signIn?: boolean
}

/** Why a link is invalid or missing, and what to do. */
export function AuthNotice({ kind, signIn = false }: AuthNoticeProps) {
  const t = useTranslations('auth')
  return (
    <>
      <h1 className="font-bold text-xl">{t(`notices.${kind}.title`)}</h1>
      <p className="text-muted">{t(`notices.${kind}.text`)}</p>
      {signIn ? (
        <div>
          <LinkButton href="/sign-in">{t('toSignIn')}</LinkButton>
        </div>
      ) : null}
    </>
  )
}
