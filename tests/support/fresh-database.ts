import { inject } from 'vitest'
import { freshDatabase } from './postgres'

// Runs before the test file and its imports are loaded, because the pool reads its URL from here.
process.env.DATABASE_URL = await freshDatabase({ adminUrl: inject('adminUrl'), templateUrl: inject('templateUrl') })
process.env.HINOMI_SECRET ??= 'a secret that only the tests know'
