import { z } from 'zod'

// Otherwise its schemas try whether code may be made of text, which the Content-Security-Policy of every page refuses.
z.config({ jitless: true })
