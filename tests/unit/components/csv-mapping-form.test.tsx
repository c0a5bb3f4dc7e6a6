// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { CsvMappingForm } from '../../../components/imports/csv/csv-mapping-form'
import type { CsvMappingView, CsvPreview } from '../../../lib/domain/policies/views'
import messages from '../../../messages/en.json'
import { show } from '../../support/component'

const words = messages.settings.csv
type Save = Parameters<typeof CsvMappingForm>[0]['save']
type Preview = Parameters<typeof CsvMappingForm>[0]['preview']

const saved: Parameters<Save>[0][] = []
const previewed: Parameters<Preview>[0][] = []
let columns: string[]
let done: number

beforeEach(() => {
  saved.length = 0
  previewed.length = 0
  columns = []
  done = 0
})

function open(start: CsvMappingView | null = null) {
  const preview: Preview = async input => {
    previewed.push(input)
    return { ok: true, data: { columns, rows: [], failure: null } satisfies CsvPreview }
  }
  const save: Save = async input => {
    saved.push(input)
    return { ok: true, data: null }
  }
  return show(<CsvMappingForm start={start} preview={preview} save={save} onDone={() => (done += 1)} />)
}

const field = (label: string) => screen.getByLabelText<HTMLInputElement>(new RegExp(`^${label}[\\s*]*$`))
const type = (label: string, value: string) => fireEvent.change(field(label), { target: { value } })
const submit = () => fireEvent.submit(document.querySelector('form') as HTMLFormElement)
const choose = (bytes: Uint8Array<ArrayBuffer>) =>
  fireEvent.change(document.querySelector('input[type=file]') as HTMLInputElement, {
    target: { files: [new File([bytes], 'scan.csv')] },
  })

test('values are saved without surrounding blanks, and empty ones are no columns', async () => {
  open()
  type(words.name, '  weekly scan ')
  type(words.columns.resource, ' Host ')
  type(words.columns.control, 'Plugin')
  type(words.severities, 'P1 = critical\n\n P2 = High ')
  submit()
  await waitFor(() => expect(done).toBe(1))
  expect(saved).toMatchObject([
    {
      name: 'weekly scan',
      seen: null,
      mapping: {
        product: 'weekly scan',
        columns: { resource: 'Host', control: 'Plugin', account: null, date: null },
        severities: { P1: 'critical', P2: 'high' },
        statuses: {},
      },
    },
  ])
})

test.each(['P1', 'P1 = urgent', '= high'])('severity words such as "%s" are not saved, and the form says why', line => {
  open()
  type(words.name, 'scan')
  type(words.severities, line)
  submit()
  expect(screen.getByText(words.wordsWrong)).toBeDefined()
  expect(saved).toEqual([])
  type(words.severities, 'P1 = high')
  submit()
  expect(screen.queryByText(words.wordsWrong)).toBeNull()
})

test('a sample file fills in the columns that its header clearly names, and keeps those that a person chose', async () => {
  open()
  type(words.name, 'scan')
  type(words.columns.control, 'Rule name')
  columns = ['Host', 'Check', 'Rule name', 'Severity']
  choose(new TextEncoder().encode('Host,Check,Rule name,Severity\n'))
  await waitFor(() => expect(previewed).toHaveLength(1))
  expect(previewed[0]).toEqual({ mapping: null, head: 'Host,Check,Rule name,Severity\n' })
  await waitFor(() => expect(screen.getByText(words.noRows)).toBeDefined())
  submit()
  await waitFor(() => expect(saved).toHaveLength(1))
  expect(saved[0]?.mapping.columns).toMatchObject({ resource: 'Host', control: 'Rule name', severity: 'Severity' })
})

test('a Shift_JIS file is refused with instructions; a UTF-16 file is read', async () => {
  open()
  choose(new Uint8Array([0x83, 0x7a, 0x83, 0x58, 0x83, 0x67, 0x2c, 0x41]))
  await waitFor(() => expect(screen.getByText(words.notUtf8)).toBeDefined())
  expect(previewed).toEqual([])
  choose(new Uint8Array([0xff, 0xfe, ...[...'Host,A'].flatMap(letter => [letter.charCodeAt(0), 0])]))
  await waitFor(() => expect(previewed).toHaveLength(1))
  expect(previewed[0]?.head).toBe('Host,A')
  expect(screen.queryByText(words.notUtf8)).toBeNull()
})
