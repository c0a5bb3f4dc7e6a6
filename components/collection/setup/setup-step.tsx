import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { CommandText, TemplateText } from './template-text'

interface SetupStepProps {
  number: number
  title: string
  lead: string
  optional?: boolean
  children?: ReactNode
}

/** One numbered step of the set-up of a connection. */
export function SetupStep({ number, title, lead, optional = false, children }: SetupStepProps) {
  const t = useTranslations('settings.connections.steps')
  return (
    <li className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 border-border border-t py-4 first:border-t-0 first:pt-0 last:pb-0">
      <span
        aria-hidden
        className="grid size-6 place-items-center rounded-full bg-accent-soft font-semibold text-accent-soft-foreground text-xs"
      >
        {number}
      </span>
      <div className="flex min-w-0 flex-col gap-2.5">
        <div>
          <h3 className="font-semibold leading-6">
            {title}
            {optional ? <span className="ms-2 font-normal text-muted text-xs">{t('optional')}</span> : null}
          </h3>
          <p className="max-w-3xl text-pretty text-muted">{lead}</p>
        </div>
        {children}
      </div>
    </li>
  )
}

interface DeployProps {
  file: string
  /** Null as long as Hinomi does not know whose credentials it has. */
  text: string | null
  /** Where it is pasted in the console. */
  place: string
  commands: readonly string[]
}

/** A template with the two ways to use it. */
export function Deploy({ file, text, place, commands }: DeployProps) {
  const t = useTranslations('settings.connections.steps')
  if (text === null) return <p className="text-warning">{t('waits')}</p>
  return (
    <>
      <TemplateText file={file} text={text} />
      <dl className="grid gap-x-3 gap-y-1.5 sm:grid-cols-[6rem_minmax(0,1fr)]">
        <dt className="font-medium text-muted text-xs sm:leading-6">{t('console')}</dt>
        <dd className="max-w-3xl text-pretty">{place}</dd>
        <dt className="font-medium text-muted text-xs sm:leading-8">{t('cli')}</dt>
        <dd className="flex flex-col gap-1">
          {commands.map(command => (
            <CommandText key={command} command={command} />
          ))}
        </dd>
      </dl>
    </>
  )
}
