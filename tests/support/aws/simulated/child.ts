import { startSimulated } from './simulated'

/** The simulated organization in a process of its own; see startSimulatedProcess. */
const emulator = await startSimulated(JSON.parse(process.argv[2] ?? '{}'))
process.on('message', () => process.send?.(emulator.calls.rows()))
process.on('disconnect', () => process.exit(0))
process.send?.(emulator.env)
