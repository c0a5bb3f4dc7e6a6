'use server'

import { z } from 'zod'
import { action } from '@/lib/action'
import { confirmImport } from '@/lib/store/imports/confirm'
import { retryImport } from '@/lib/store/imports/retry'

export const confirm = action({
  needs: 'imports:confirm',
  input: z.strictObject({ id: z.int().positive() }),
  run: (access, { id }) => confirmImport(access, id),
  refresh: ['/imports', '/imports/[importId]'],
})

export const retry = action({
  needs: ['imports:read', 'imports:write'],
  input: z.strictObject({ id: z.int().positive() }),
  run: (access, { id }) => retryImport(access, id),
  refresh: ['/imports', '/imports/[importId]'],
})
