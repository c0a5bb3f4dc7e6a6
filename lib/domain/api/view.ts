import { z } from 'zod'

/** An instant in an answer of the API. */
export const Instant = z.iso.datetime().brand<'Instant'>()

/** The type of an API shape in the server and on pages, where instants are dates. */
export type ViewOf<S extends z.ZodType> = Dated<z.infer<S>>
type Dated<T> =
  T extends z.infer<typeof Instant>
    ? Date
    : T extends readonly (infer Item)[]
      ? Dated<Item>[]
      : T extends object
        ? { [Name in keyof T]: Dated<T[Name]> }
        : T

/** A number of things. */
export const Count = z.int().min(0)
