import { inject } from 'vitest'
import { freshDatabase } from './postgres'

// Before the test file and what it imports are loaded: the pool takes its address from here.
process.env.DATABASE_URL = await freshDatabase({ adminUrl: inject('adminUrl'), templateUrl: inject('templateUrl') })
process.env.HINOMI_SECRET ??= 'a secret that only the tests know'
