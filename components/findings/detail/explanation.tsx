import { useTranslations } from 'next-intl'
import { Panel } from '../../ui/layout/panel'

/** For common controls, in plain words: what can happen, and what to do. Nothing where we have no words of our own. */
export function Explanation({ control }: { control: string }) {
  const t = useTranslations()
  const key = `explain.controls.${control.replaceAll('.', '_')}`
  if (!/^[\w.]+$/.test(control) || !t.has(`${key}.risk`)) return null
  return (
    <Panel title={t('explain.title')} aside={t('explain.aside')}>
      <h3 className="font-semibold text-xs">{t('explain.risk')}</h3>
      <p>{t(`${key}.risk`)}</p>
      <h3 className="mt-2 font-semibold text-xs">{t('explain.do')}</h3>
      <p>{t(`${key}.do`)}</p>
    </Panel>
  )
}
