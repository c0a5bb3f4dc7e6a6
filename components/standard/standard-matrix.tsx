import Link from 'next/link'
import { useLocale, useTranslations } from 'next-intl'
import type { StandardAccount, StandardCell } from '@/lib/domain/standard/api-standard'
import { standardStates } from '@/lib/domain/standard/state'
import { visibleText } from '@/lib/domain/text/visible-text'
import { accountHref } from '../findings/finding-links'
import { TeamNames } from '../teams/teams-context'
import { ScrollArea } from '../ui/layout/scroll-area'
import { columnsOf, type StandardColumn, spansOf } from './standard-columns'
import { standardLink } from './standard-links'
import { CHECKLIST, checkHref } from './standard-params'
import { StateText } from './state-mark'

/** Accounts and checks. On a narrow screen, the numbers of each account. */
export function StandardMatrix({ accounts }: { accounts: readonly StandardAccount[] }) {
  const t = useTranslations('standard')
  const columns = columnsOf(accounts)
  return (
    <>
      <ScrollArea label={t('matrix')} className="relative hidden max-h-[80vh] md:block print:max-h-none">
        <table className="standard-grid">
          <caption className="sr-only">{t('matrix')}</caption>
          <Head columns={columns} />
          <tbody>
            {accounts.map(account => (
              <Row key={account.account} account={account} columns={columns} />
            ))}
          </tbody>
        </table>
      </ScrollArea>
      <ul className="divide-y divide-border md:hidden">
        {accounts.map(account => (
          <li key={account.account} className="flex flex-col gap-1.5 py-3">
            <AccountName account={account} />
            <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs">
              {standardStates.map(state => {
                const count = account.cells.filter(cell => cell.state === state).length
                return count === 0 ? null : (
                  <li key={state} className="flex items-center gap-1.5">
                    <StateText state={state} />
                    {t('count', { count })}
                  </li>
                )
              })}
            </ul>
          </li>
        ))}
      </ul>
      <details className="border-border border-t pt-3 md:hidden">
        <summary className="cursor-pointer text-muted text-xs">{t('checks', { count: columns.length })}</summary>
        <CheckLinks columns={columns} />
      </details>
    </>
  )
}

/** The checks by their parts, where no column heads them. */
function CheckLinks({ columns }: { columns: readonly StandardColumn[] }) {
  const t = useTranslations('standard')
  const locale = useLocale() === 'ja' ? 'ja' : 'en'
  return (
    <dl className="flex flex-col gap-2 pt-2">
      {spansOf(columns, ({ row }) => row.group).map(({ value }) => (
        <div key={value}>
          <dt className="font-semibold text-xs">{t(`groups.${value}`)}</dt>
          <dd>
            <ul>
              {columns
                .filter(({ row }) => row.group === value)
                .map(({ row }) => (
                  <li key={row.id}>
                    <Link href={checkHref(row.id)} prefetch={false} className="block py-1 hover:text-accent">
                      {row.title[locale]}
                    </Link>
                  </li>
                ))}
            </ul>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Head({ columns }: { columns: readonly StandardColumn[] }) {
  const t = useTranslations('standard')
  const locale = useLocale() === 'ja' ? 'ja' : 'en'
  return (
    <thead>
      <tr>
        <th scope="col" rowSpan={3} className="corner">
          {t('account')}
        </th>
        {spansOf(columns, ({ row }) => row.group).map(({ value, width }) => (
          <th key={value} scope="colgroup" colSpan={width} className="part">
            <span>{t(`groups.${value}`)}</span>
          </th>
        ))}
      </tr>
      <tr>
        {spansOf(columns, ({ row, team }) => `${row.group} ${team}`).map(({ value, width }) => (
          <th key={value} scope="colgroup" colSpan={width} className="team">
            <span>
              <TeamNames ids={[value.split(' ')[1] ?? '']} />
            </span>
          </th>
        ))}
      </tr>
      <tr>
        {columns.map(({ row, mixed }) => (
          <th key={row.id} scope="col" {...(mixed && { title: t('mixedTeams') })}>
            <Link
              href={checkHref(row.id)}
              prefetch={false}
              className={`[writing-mode:vertical-rl] ${locale === 'ja' ? '' : 'rotate-180'}`}
            >
              {row.title[locale]}
              {mixed ? ' *' : ''}
            </Link>
          </th>
        ))}
      </tr>
    </thead>
  )
}

function Row({ account, columns }: { account: StandardAccount; columns: readonly StandardColumn[] }) {
  const cells = new Map(account.cells.map(cell => [cell.check, cell]))
  return (
    <tr>
      <th scope="row">
        <AccountName account={account} />
      </th>
      {columns.map(({ row }) => {
        const cell = cells.get(row.id)
        return cell ? <Cell key={row.id} account={account} cell={cell} /> : <td key={row.id} />
      })}
    </tr>
  )
}

/** Passed cells, which are most of thousands, are drawn by the style sheet alone. */
function Cell({ account, cell }: { account: StandardAccount; cell: StandardCell }) {
  const t = useTranslations('standard.states')
  const { state, failed, excepted, reason } = cell
  const href = standardLink(account.account, cell)
  if (!href) {
    return <td data-state={state} aria-label={t(state)} {...(reason && { title: visibleText(reason) })} />
  }
  const count = state === 'failed' ? failed : state === 'excepted' ? excepted : 0
  const shown = count > 99 ? '99+' : String(count)
  const label = (text: string | number) => (count > 0 ? `${t(state)}: ${text}` : t(state))
  return (
    <td data-state={state}>
      <Link href={href} prefetch={false} aria-label={label(shown)} title={label(count)}>
        {count > 0 ? shown : state === 'failed' ? '!' : '?'}
      </Link>
    </td>
  )
}

function AccountName({ account: { account, name } }: { account: StandardAccount }) {
  return (
    <>
      <Link
        href={`${accountHref(account)}#${CHECKLIST}`}
        className="block truncate font-semibold hover:text-accent hover:underline"
      >
        {visibleText(name || account)}
      </Link>
      {name ? <div className="font-mono text-2xs text-muted">{account}</div> : null}
    </>
  )
}
