// npm run test:chaos: kills every process 50 times, or CHAOS_KILLS times. npm test kills each 3 times.
process.env.CHAOS_KILLS ||= '50'
process.argv.splice(2, 0, 'chaos')
await import('./test.mjs')
