import type { z } from 'zod'
import type {
  DecideException,
  EndException,
  PreviewRule,
  RequestForFinding,
  RequestRule,
} from '@/lib/domain/exceptions/exception'
import type { ReviewException } from '@/lib/domain/exceptions/review'
import type { RulePreview } from '@/lib/domain/policies/views'
import type { ActionResult } from '../ui/action-result'

type Done = Promise<ActionResult<{ id: number }>>

/** The actions on exceptions. Pages pass their server actions in this shape. */
export interface ExceptionActions {
  decide: (input: z.input<typeof DecideException>) => Done
  end: (input: z.input<typeof EndException>) => Done
  review: (input: z.input<typeof ReviewException>) => Done
  preview: ShowPreview
}
export type AskForFinding = (input: RequestForFinding) => Done
export type AskForRule = (input: RequestRule) => Done
export type ShowPreview = (input: z.input<typeof PreviewRule>) => Promise<ActionResult<RulePreview>>
