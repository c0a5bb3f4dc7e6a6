// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AssigneeDialog } from '../../../components/findings/triage/assignee-dialog'
import { toHits } from '../../../components/palette/hits'
import { FilterMenu } from '../../../components/ui/lists/filter-menu'
import { SearchBox } from '../../../components/ui/lists/search-box'
import type { Person } from '../../../lib/domain/views'
import { show } from '../../support/component'

const people: Person[] = [
  { id: 'aki', name: 'Aki', email: 'aki@example.com' },
  { id: 'emma', name: 'Emma', email: 'emma@example.com' },
]

test('an owner is chosen by typing and Enter alone', async () => {
  const chosen: (Person | null)[] = []
  show(
    <AssigneeDialog
      open
      onOpenChange={() => {}}
      accounts={[]}
      listAssignable={async () => ({ ok: true, data: people })}
      me="aki"
      onChoose={person => chosen.push(person)}
    />,
  )
  const field = await screen.findByRole('combobox')
  await screen.findByRole('option', { name: /Emma/ })
  fireEvent.change(field, { target: { value: 'emma' } })
  fireEvent.keyDown(field, { key: 'Enter' })
  expect(chosen.map(person => person?.id)).toEqual(['emma'])
})

test('a long menu of a filter takes what is typed, and Enter chooses the first match', async () => {
  const options = Array.from({ length: 12 }, (_, n) => ({ id: `c${n}`, label: `EC2.${n}` }))
  const changes: string[][] = []
  show(<FilterMenu label="Control" options={options} chosen={['c1']} onChange={ids => changes.push(ids)} />)
  fireEvent.click(screen.getByRole('button', { name: /Control/ }))
  const field = await screen.findByRole('searchbox')
  await waitFor(() => expect(document.activeElement).toBe(field))
  fireEvent.change(field, { target: { value: 'EC2.7' } })
  fireEvent.keyDown(field, { key: 'Enter' })
  expect(changes).toEqual([['c1', 'c7']])
})

test('a control is found by its name, though the list has only ids', async () => {
  const changes: string[][] = []
  const find = async () => [{ id: 'S3.2', label: 'S3.2 Buckets should block public access' }]
  show(
    <FilterMenu
      label="Control"
      options={[{ id: 'S3.2', label: 'S3.2' }]}
      chosen={[]}
      onChange={ids => changes.push(ids)}
      find={find}
    />,
  )
  fireEvent.click(screen.getByRole('button', { name: /Control/ }))
  fireEvent.change(await screen.findByRole('searchbox'), { target: { value: 'public' } })
  fireEvent.click(await screen.findByRole('option', { name: 'S3.2 Buckets should block public access' }))
  expect(changes).toEqual([['S3.2']])
})

test('hits with one title are told apart by account, resource and control', () => {
  const hits = toHits({
    accounts: [{ id: '111111111111', name: '' }],
    people: [people[1] as Person],
    controls: [{ id: 'S3.2', title: 'Buckets should block public access', severity: 'high' }],
    findings: [],
  })
  expect(hits.map(({ group, label, detail, href }) => [group, label, detail ?? '', href])).toEqual([
    ['accounts', '111111111111', '', '/accounts/111111111111'],
    ['people', 'Emma', 'emma@example.com', '/findings?owner=emma'],
    ['controls', 'Buckets should block public access', 'S3.2', '/findings?control=S3.2'],
  ])
})

function Box({ text, searches }: { text: string; searches: [string, string][] }) {
  return <SearchBox label="Search" text={text} onSearch={(...search) => searches.push(search)} />
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true })
})
afterEach(() => {
  vi.useRealTimers()
})

test('a list is searched after a pause in typing, and its answer does not replace what is typed on', () => {
  const searches: [string, string][] = []
  const { rerender } = show(<Box text="" searches={searches} />)
  const field = screen.getByRole<HTMLInputElement>('searchbox')
  fireEvent.change(field, { target: { value: 'bu' } })
  vi.advanceTimersByTime(400)
  fireEvent.change(field, { target: { value: 'buck' } })
  vi.advanceTimersByTime(400)
  expect(searches).toEqual([
    ['bu', 'push'],
    ['buck', 'replace'],
  ])
  rerender(<Box text="bu" searches={searches} />)
  expect(field.value).toBe('buck')
  rerender(<Box text="buck" searches={searches} />)
  rerender(<Box text="" searches={searches} />)
  expect(field.value).toBe('')
})

test('a list is not searched while Japanese input is converted', () => {
  const searches: [string, string][] = []
  show(<Box text="" searches={searches} />)
  const field = screen.getByRole<HTMLInputElement>('searchbox')
  fireEvent.input(field, { target: { value: 'とうきょう' }, isComposing: true })
  vi.advanceTimersByTime(1_000)
  expect(searches).toEqual([])
  fireEvent.compositionEnd(field, { data: '東京', target: { value: '東京' } })
  vi.advanceTimersByTime(400)
  expect(searches).toEqual([['東京', 'push']])
})
