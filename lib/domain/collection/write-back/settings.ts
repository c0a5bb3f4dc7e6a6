import { z } from 'zod'
import { RoleName } from '../connection'

/** The role that the template for writing back creates. */
export const defaultWriteBackRole = 'HinomiWriteBack'

export const noteLanguages = ['ja', 'en'] as const
export type NoteLanguage = (typeof noteLanguages)[number]

/** Switches writing back on or off for a connection. Switching it on again tries at once what waits. */
export const SetWriteBack = z.strictObject({
  id: z.uuid(),
  enabled: z.boolean(),
  roleName: RoleName.default(defaultWriteBackRole),
  language: z.enum(noteLanguages).default('en'),
})
export type SetWriteBack = z.infer<typeof SetWriteBack>
