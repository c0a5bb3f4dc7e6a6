'use server'

import { action } from '@/lib/action'
import { DropCsvMapping, PreviewCsv, SaveCsvMapping } from '@/lib/domain/imports/csv-mapping'
import { previewCsv } from '@/lib/ingest/read/preview-csv'
import { dropCsvMapping, saveCsvMapping } from '@/lib/store/imports/csv-mappings'

const refresh = ['/settings/csv', '/imports'] as const

export const preview = action({ needs: 'accounts:manage', input: PreviewCsv, run: previewCsv })
export const save = action({ needs: 'accounts:manage', input: SaveCsvMapping, run: saveCsvMapping, refresh })
export const drop = action({ needs: 'accounts:manage', input: DropCsvMapping, run: dropCsvMapping, refresh })
