import { type Emulator, type EmulatorOptions, listen } from './emulator'
import { motoDirectory } from './moto/directory'
import { startMoto } from './moto/moto'
import { readerOf } from './services/organizations'
import { SERVICES } from './services/registry'
import { toErrorAnswer } from './wire/answer'
import { AwsError } from './wire/aws-error'

/** Starts moto and the gateway before it; `missing` says why moto cannot be had. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator | { missing: string }> {
  const moto = await startMoto()
  if ('missing' in moto) return { missing: `no moto: ${moto.missing}` }
  const directory = motoDirectory(moto)
  const source = {
    services: SERVICES,
    directory,
    async forward(request, caller, store) {
      const { service, operation } = request
      const account =
        service === 'organizations'
          ? readerOf(operation.name, caller, await directory.management(caller), store)
          : caller
      const answer = await moto.send(request.http, account)
      const isPage = answer.headers['content-type']?.startsWith('text/html')
      if (answer.status < 500 && !(isPage && answer.body.includes('<!doctype'))) return answer
      const name = `${service}:${operation.name}`
      const message = `moto does not answer ${name}: ${answer.body.toString().slice(0, 200)}`
      return toErrorAnswer(request.protocol, request.service, new AwsError('NotImplemented', message, 501), 'emulator')
    },
    reset: moto.reset,
    stop: moto.stop,
  } satisfies Parameters<typeof listen>[0]
  return listen(source, options)
}
