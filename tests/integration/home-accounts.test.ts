import { afterAll, expect, test } from 'vitest'
import { closeDatabase } from '../../lib/db'
import { AccountFilter } from '../../lib/domain/accounts/filter'
import { listAccounts } from '../../lib/queries/accounts/list'
import { getHome } from '../../lib/queries/home/home'
import { asff, at, ingest, job, newAccount } from './support-ingest'
import { threat } from './support-threats'

afterAll(closeDatabase)

test('the home of a team lists its accounts by risk, as the list of accounts does, not by number', async () => {
  const [noisy, attacked] = [newAccount(), newAccount()]
  const many = Array.from({ length: 30 }, (_, n) =>
    asff({ account: noisy, control: 'GuardDuty.1', resource: `detector-${n}` }),
  )
  await ingest(many, { observedAt: at(2) })
  await ingest([threat({ account: attacked })], { observedAt: at(2) })
  const home = await getHome(job, { id: 'csirt', kind: 'security_response' })
  const listed = await listAccounts(job, AccountFilter.parse({ sort: 'risk' }), { cursor: null, limit: 10 })
  const order = listed.rows.map(({ id }) => id).filter(id => home.accounts.some(account => account.id === id))
  expect(home.accounts.map(({ id }) => id)).toEqual(order)
  expect(order.filter(id => id === noisy || id === attacked)).toEqual([attacked, noisy])
})
