import { useTranslations } from 'next-intl'
import { Panel } from '../../ui/layout/panel'

/** The risk and the fix of common controls in plain words. Renders nothing for other controls. */
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
